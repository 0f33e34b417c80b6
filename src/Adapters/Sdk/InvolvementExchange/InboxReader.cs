using Confluent.Kafka;
using Google.Protobuf;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// Reads this organisation's notifications into the inbox, rows and offsets in one transaction. It starts one record before where it left
/// off: when that record is not the one it knows, the topic was replaced, and it is read from the beginning; known ids have no second effect.
/// </summary>
internal sealed partial class InboxReader(
    KafkaClients clients, AdapterStore store, Inbox inbox, InboxWake wake, AdapterMetrics metrics, IOptions<InvolvementExchangeOptions> options,
    TimeProvider time, ILogger<InboxReader> logger) : BackgroundService
{
    private const int MaxBatch = 500;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly string _topic = Topics.Notifications(Oin.Parse(options.Value.Oin));
    private Dictionary<int, InboxPosition> _unverified = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var consumer = clients.CreateAssignedConsumer(ConsumerGroups.Adapter(Oin.Parse(options.Value.Oin)));
        await RetryAsync("connect", ct => Task.Run(() => Connect(consumer), ct), stoppingToken);
        metrics.WatchInbox(() => stoppingToken.IsCancellationRequested ? 0 : consumer.Assignment.Sum(partition => LagOf(consumer, partition)));
        await new BatchConsumer(consumer, MaxBatch, logger).RunAsync(
            (batch, ct) => RetryAsync("store", retry => StoreAsync(consumer, batch, retry), ct), stoppingToken);
    }

    private void Connect(IConsumer<byte[], byte[]> consumer)
    {
        var count = KafkaClients.CountPartitions(consumer.Handle, _topic, Timeout);
        _unverified = inbox.ReadPositions(_topic);
        consumer.Assign(Enumerable.Range(0, count).Select(partition => new TopicPartitionOffset(
            _topic, partition, _unverified.TryGetValue(partition, out var known) ? known.NextOffset - 1 : Offset.Beginning)));
    }

    // Both are what the client knows; unset before anything was read.
    private static long LagOf(IConsumer<byte[], byte[]> consumer, TopicPartition partition) =>
        consumer.Position(partition) is { IsSpecial: false } position ? Math.Max(0, consumer.GetWatermarkOffsets(partition).High.Value - position.Value) : 0;

    private async Task StoreAsync(
        IConsumer<byte[], byte[]> consumer, IReadOnlyList<ConsumeResult<byte[], byte[]>> batch, CancellationToken cancellationToken)
    {
        var replaced = batch.Where(IsOfReplacedTopic).Select(r => r.Partition).ToHashSet();
        foreach (var partition in replaced)
        {
            Log.Replaced(logger, _topic, partition.Value);
            consumer.Seek(new TopicPartitionOffset(_topic, partition, Offset.Beginning));
        }

        var kept = batch.Where(r => !replaced.Contains(r.Partition)).ToList();
        if (kept.Count == 0)
        {
            return;
        }

        var effects = await store.WriteAsync(transaction => Store(transaction, kept), cancellationToken);
        metrics.CountDropped(InboxEffect.Seen, effects.Count(e => e == InboxEffect.Seen));
        metrics.CountDropped(InboxEffect.Erased, effects.Count(e => e == InboxEffect.Erased));
        if (effects.Contains(InboxEffect.Added))
        {
            wake.Signal();
        }
    }

    private bool IsOfReplacedTopic(ConsumeResult<byte[], byte[]> record)
    {
        if (!_unverified.Remove(record.Partition.Value, out var known))
        {
            return false;
        }

        if (record.Offset.Value > known.NextOffset)
        {
            Log.Missed(logger, record.Partition.Value, record.Offset.Value - known.NextOffset);
        }

        return record.Offset.Value == known.NextOffset - 1 && IdOf(record) != known.LastId;
    }

    private List<InboxEffect> Store(SqliteTransaction transaction, List<ConsumeResult<byte[], byte[]>> records)
    {
        var effects = new List<InboxEffect>(records.Count);
        foreach (var record in records)
        {
            if (TryRead(record, out var notification, out var reason))
            {
                effects.Add(Take(transaction, notification));
            }
            else
            {
                Log.Refused(logger, record.Partition.Value, record.Offset.Value, reason);
                Inbox.Refuse(transaction, record, reason, time.GetUtcNow());
            }
        }

        foreach (var last in records.GroupBy(r => r.Partition).Select(g => g.Last()))
        {
            Inbox.Advance(transaction, _topic, last.Partition.Value, new InboxPosition(last.Offset.Value + 1, IdOf(last)));
        }

        return effects;
    }

    private InboxEffect Take(SqliteTransaction transaction, Notification notification)
    {
        var now = time.GetUtcNow();
        var effect = Inbox.Take(transaction, notification, now);
        if (effect == InboxEffect.Added)
        {
            LogbookTable.Add(transaction, ExchangeProcessing.Received(transaction, notification, options.Value.GatewaySource, now));
        }

        return effect;
    }

    private bool TryRead(ConsumeResult<byte[], byte[]> record, out Notification notification, out string reason)
    {
        notification = new();
        if (!CloudEvent.TryRead(record.Message.Headers, out var envelope, out reason))
        {
            return false;
        }

        if (envelope.Source != options.Value.GatewaySource || envelope.Type != EventTypes.Notification)
        {
            reason = "ce_source must be the gateway's and ce_type a notification's";
            return false;
        }

        try
        {
            notification = Notification.Parser.ParseFrom(record.Message.Value ?? []);
        }
        catch (InvalidProtocolBufferException)
        {
            reason = "value must be a keten.notification.v1.Notification";
            return false;
        }

        if (ExchangeProcessing.HoldsBsn(notification))
        {
            reason = "purpose, category or decision_id holds what may be a BSN";
            return false;
        }

        reason = "notification_id, subject and content must be there";
        return notification.NotificationId.Length > 0 && notification.ContentCase != Notification.ContentOneofCase.None
            && Pseudonym.TryParse(notification.Subject, out _);
    }

    private static string IdOf(ConsumeResult<byte[], byte[]> record) =>
        CloudEvent.TryRead(record.Message.Headers, out var envelope, out _) ? envelope.Id : "";

    private async Task RetryAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                await action(cancellationToken);
                return;
            }
            catch (Exception failure) when (failure is KafkaException or SqliteException)
            {
                Log.Again(logger, step, backoff.Attempts + 1, failure);
            }

            await backoff.WaitAsync(cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5311, LogLevel.Warning, "Inbox step '{Step}' failed {Times} times and is tried again; nothing is skipped")]
        public static partial void Again(ILogger logger, string step, int times, Exception failure);

        [LoggerMessage(5312, LogLevel.Warning, "Notification {Partition}/{Offset} cannot be used and is set aside: {Reason}")]
        public static partial void Refused(ILogger logger, int partition, long offset, string reason);

        [LoggerMessage(5314, LogLevel.Error,
            "{Count} notifications of partition {Partition} expired at the broker before they were read: this adapter was away for too long. Ask the operator to replay them")]
        public static partial void Missed(ILogger logger, int partition, long count);

        [LoggerMessage(5313, LogLevel.Warning, "Topic {Topic}/{Partition} is not the one read before: it is read from the beginning")]
        public static partial void Replaced(ILogger logger, string topic, int partition);
    }
}
