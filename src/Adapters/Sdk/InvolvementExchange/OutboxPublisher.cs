using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>
/// Brings the outbox to the broker: persons side by side, the events of one person one after another, each only when the one before it is
/// acknowledged. A crash between acknowledgement and removal sends again; the version makes that harmless.
/// </summary>
internal sealed partial class OutboxPublisher(
    Outbox outbox, OutboxWake wake, EventProducer producer, IOptions<InvolvementExchangeOptions> options, TimeProvider time,
    ILogger<OutboxPublisher> logger) : BackgroundService
{
    // Large enough that the disk's flush for each page is small beside sending it; what is under way at once is bounded by it.
    private const int PageSize = 2_000;

    private readonly Oin _oin = Oin.Parse(options.Value.Oin);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = wake.Next;
                var page = outbox.Read(PageSize);
                if (page.Count == 0)
                {
                    await next.WaitAsync(stoppingToken);
                    continue;
                }

                await PublishAsync(page, stoppingToken);
                backoff.Reset();
            }
            catch (Exception failure) when (failure is KafkaException or SqliteException)
            {
                Log.Failed(logger, backoff.Attempts + 1, failure);
                await backoff.WaitAsync(stoppingToken);
            }
        }
    }

    private async Task PublishAsync(List<OutboxRow> page, CancellationToken cancellationToken)
    {
        var published = new ConcurrentBag<long>();
        try
        {
            await Task.WhenAll(page.GroupBy(row => row.Subject).Select(person => PublishAsync(person, published, cancellationToken)));
        }
        finally
        {
            // Also when stopping or when others failed: what arrived need not be sent again.
            if (published.Count == page.Count)
            {
                await outbox.RemoveUpToAsync(page[^1].Seq, CancellationToken.None);
            }
            else if (!published.IsEmpty)
            {
                await outbox.RemoveAsync([.. published], CancellationToken.None);
            }
        }
    }

    private async Task PublishAsync(IEnumerable<OutboxRow> person, ConcurrentBag<long> published, CancellationToken cancellationToken)
    {
        foreach (var row in person)
        {
            var isTombstone = row.Payload.Length == 0;
            var traceParent = isTombstone ? "" : InvolvementChanged.Parser.ParseFrom(row.Payload).Traceparent;
            var envelope = new CloudEvent(row.EventId, CloudEvent.SourceOf(_oin), EventTypes.InvolvementChanged, row.RecordedAt, traceParent);
            var message = new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(row.InvolvementId),
                Value = isTombstone ? null! : row.Payload,
                Headers = envelope.ToHeaders(),
            };
            await producer.SendAsync(Topics.Involvement(_oin), row.Subject, message, cancellationToken);
            published.Add(row.Seq);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5301, LogLevel.Warning, "Outbox could not be published ({Times} times); the events stay and are tried again")]
        public static partial void Failed(ILogger logger, int times, Exception failure);
    }
}
