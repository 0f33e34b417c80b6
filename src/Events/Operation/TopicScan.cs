using Confluent.Kafka;

namespace Keten.Events.Operation;

/// <summary>Reads topics as they are now, from the first record that is kept to the last.</summary>
public static class TopicScan
{
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Partitions of those topics that are there.</summary>
    internal static List<TopicPartition> PartitionsOf(Handle handle, IEnumerable<string> topics)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        var existing = admin.GetMetadata(Timeout).Topics.Where(t => !t.Error.IsError).ToDictionary(t => t.Topic, t => t.Partitions.Count, StringComparer.Ordinal);
        return [.. topics.Where(existing.ContainsKey).SelectMany(topic => Enumerable.Range(0, existing[topic]).Select(p => new TopicPartition(topic, p)))];
    }

    /// <summary>Hands over every record of these topics, in order per partition, until <paramref name="take"/> says of a partition that it is enough.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public static void Read(
        KafkaClients clients, IEnumerable<string> topics, Func<ConsumeResult<byte[], byte[]>, bool> take, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateAssignedConsumer(ConsumerGroups.Tools);
        var ends = PartitionsOf(consumer.Handle, topics).ToDictionary(p => p, p => consumer.QueryWatermarkOffsets(p, Timeout));
        var open = ends.Where(p => p.Value.High > p.Value.Low).ToDictionary(p => p.Key, p => p.Value.High);
        consumer.Assign(open.Keys.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (consumer.Consume(Poll) is { } record && open.ContainsKey(record.TopicPartition) && !take(record))
            {
                open.Remove(record.TopicPartition);
            }

            // Compaction leaves holes: a partition is at its end when the position is, whether or not a record stood there.
            foreach (var partition in open.Keys.Where(p => consumer.Position(p) is { IsSpecial: false } position && position >= open[p]).ToList())
            {
                open.Remove(partition);
            }
        }
    }
}
