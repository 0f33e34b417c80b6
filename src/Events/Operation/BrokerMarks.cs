using System.Diagnostics;
using Confluent.Kafka;

namespace Keten.Events.Operation;

/// <summary>The gateways' marks at the broker: how far they are, and setting them back.</summary>
public sealed class BrokerMarks(KafkaClients clients)
{
    private static readonly TimeSpan Joining = TimeSpan.FromSeconds(30);

    /// <summary>Lag of a group in these topics, partition by partition. Topics that are not there have none.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public IReadOnlyList<PartitionLag> Lag(string group, IEnumerable<string> topics)
    {
        using var consumer = clients.CreateConsumer("keten-events", group);
        var partitions = TopicScan.PartitionsOf(consumer.Handle, topics);
        return partitions.Count == 0
            ? []
            : [.. consumer.Committed(partitions, TopicScan.Timeout).Select(mark =>
            {
                var ends = consumer.QueryWatermarkOffsets(mark.TopicPartition, TopicScan.Timeout);
                var done = mark.Offset.IsSpecial ? ends.Low.Value : Math.Max(mark.Offset.Value, ends.Low.Value);
                return new PartitionLag(group, mark.Topic, mark.Partition.Value, done, ends.High.Value);
            })];
    }

    /// <summary>
    /// Sets a group back to the first record at or after a moment, so that its gateways do everything since again. Harmless: what had its
    /// effect has no second one. Marks that are further back already stay. The group's gateways must be stopped.
    /// </summary>
    /// <returns>The partitions that were set back, as they were and are to be read again.</returns>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    /// <exception cref="GroupAtWorkException">A gateway of the group is running.</exception>
    public IReadOnlyList<PartitionLag> SetBack(string group, IEnumerable<string> topics, DateTimeOffset from, bool dryRun, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateConsumer("keten-events", group);
        var partitions = TopicScan.PartitionsOf(consumer.Handle, topics);
        var wanted = FirstSince(partitions.Select(p => p.Topic).Distinct(), from, cancellationToken);
        var back = consumer.Committed(partitions, TopicScan.Timeout)
            .Where(mark => !mark.Offset.IsSpecial && wanted.TryGetValue(mark.TopicPartition, out var offset) && offset < mark.Offset)
            .Select(mark => new PartitionLag(group, mark.Topic, mark.Partition.Value, wanted[mark.TopicPartition].Value, mark.Offset.Value)).ToList();
        if (!dryRun && back.Count > 0)
        {
            Commit(group, partitions, back.Select(mark => new TopicPartitionOffset(mark.Topic, mark.Partition, mark.Done)), cancellationToken);
        }

        return back;
    }

    // As a member of the group, so that a gateway that runs is noticed: it would have some of the partitions, and its marks would overwrite ours.
    private void Commit(string group, List<TopicPartition> all, IEnumerable<TopicPartitionOffset> marks, CancellationToken cancellationToken)
    {
        IReadOnlyList<TopicPartition>? assigned = null;
        using var consumer = clients.CreateConsumer("keten-events", group, partitions => assigned = partitions);
        consumer.Subscribe(all.Select(p => p.Topic).Distinct());
        try
        {
            for (var waited = Stopwatch.StartNew(); assigned is null && waited.Elapsed < Joining;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                consumer.Consume(TimeSpan.FromMilliseconds(100));
            }

            if (assigned is null || !all.ToHashSet().SetEquals(assigned))
            {
                throw new GroupAtWorkException(group);
            }

            consumer.Commit(marks);
        }
        finally
        {
            consumer.Close();
        }
    }

    // The broker could be asked for it, but the time of a compacted topic's records need not rise, and the mock cluster does not know.
    private Dictionary<TopicPartition, Offset> FirstSince(IEnumerable<string> topics, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var first = new Dictionary<TopicPartition, Offset>();
        TopicScan.Read(clients, topics, record =>
            record.Message.Timestamp.UtcDateTime < from.UtcDateTime || !first.TryAdd(record.TopicPartition, record.Offset), cancellationToken);
        return first;
    }
}
