using System.Diagnostics;
using Confluent.Kafka;

namespace Keten.Events.Operation;

/// <summary>The gateways' marks at the broker: how far they are, and setting them back.</summary>
public sealed class BrokerMarks(KafkaClients clients)
{
    private static readonly TimeSpan Joining = TimeSpan.FromSeconds(15);

    // Longer than a member takes to notice that another has come, and to come again.
    private static readonly TimeSpan Undisturbed = TimeSpan.FromSeconds(4);

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

    /// <summary>Records that are kept in these topics; of a compacted one at most so many. Topics that are not there have none.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public long Count(IEnumerable<string> topics)
    {
        using var consumer = clients.CreateAssignedConsumer(ConsumerGroups.Tools);
        return TopicScan.PartitionsOf(consumer.Handle, topics).Select(p => consumer.QueryWatermarkOffsets(p, TopicScan.Timeout)).Sum(ends => ends.High.Value - ends.Low.Value);
    }

    /// <summary>
    /// Sets a group back to the first record at or after a moment, so that its gateways do everything since again. What had its effect
    /// has no second one, as long as the gateways remember it: of reports, 30 days. Marks that are further back already stay. The group's gateways must be stopped.
    /// </summary>
    /// <param name="group">Consumer group.</param>
    /// <param name="topics">All the group reads: with fewer a gateway at work is not noticed.</param>
    /// <param name="from">Moment.</param>
    /// <param name="dryRun">Change nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
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

    // As a member of the group, so that a gateway that runs is noticed: it takes some of the partitions, and its marks would overwrite ours.
    private void Commit(string group, List<TopicPartition> all, IEnumerable<TopicPartitionOffset> marks, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateConsumer("keten-events", group);
        consumer.Subscribe(all.Select(p => p.Topic).Distinct());
        try
        {
            var (started, alone) = (Stopwatch.StartNew(), new Stopwatch());
            while (alone.Elapsed < Undisturbed)
            {
                if (started.Elapsed > Joining)
                {
                    throw new GroupAtWorkException(group);
                }

                cancellationToken.ThrowIfCancellationRequested();
                consumer.Pause(consumer.Assignment);
                consumer.Consume(TimeSpan.FromMilliseconds(100));
                if (!all.ToHashSet().SetEquals(consumer.Assignment))
                {
                    alone.Reset();
                }
                else
                {
                    alone.Start();
                }
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
