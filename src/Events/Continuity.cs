using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Keten.Events;

/// <summary>
/// Sees to it that a reader that keeps a state of its own takes in every record of a partition. Compaction leaves holes, but none behind a record that is
/// younger than the topic's compaction lag (7 days): a hole there is the client's, and what stands in it is asked for once more. For use on the
/// thread that polls.
/// </summary>
/// <param name="consumer">Reads the partitions from their beginning.</param>
/// <param name="time">Tells the age of records.</param>
/// <param name="logger">Told of every hole.</param>
public sealed partial class Continuity(IConsumer<byte[], byte[]> consumer, TimeProvider time, ILogger logger)
{
    // A day for clocks that differ: the moment of a record is its producer's.
    private static readonly TimeSpan Young = TopicSpecification.CompactionLag - TimeSpan.FromDays(1);

    private readonly Dictionary<Partition, Place> _places = [];
    private readonly HashSet<Partition> _rewound = [];

    /// <summary>The records that follow those before; of a partition that misses some, those up to there, and it is read again from there.</summary>
    public IReadOnlyList<ConsumeResult<byte[], byte[]>> Check(IReadOnlyList<ConsumeResult<byte[], byte[]>> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        List<ConsumeResult<byte[], byte[]>>? kept = null;
        _rewound.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (Follows(batch[i]))
            {
                kept?.Add(batch[i]);
            }
            else
            {
                kept ??= [.. batch.Take(i)];
            }
        }

        return kept ?? batch;
    }

    private bool Follows(ConsumeResult<byte[], byte[]> record)
    {
        var (offset, written) = (record.Offset.Value, record.Message.Timestamp.UtcDateTime);
        if (!_places.TryGetValue(record.Partition, out var place))
        {
            _places[record.Partition] = new Place { Next = offset + 1, Written = written };
            return true;
        }

        if (offset < place.Next || _rewound.Contains(record.Partition))
        {
            // Taken in before; or behind the hole, and it comes again.
            return false;
        }

        if (offset > place.Next && place.Written > time.GetUtcNow().UtcDateTime - Young && place.Asked != place.Next)
        {
            Log.Skipped(logger, record.Topic, record.Partition.Value, place.Next, offset);
            place.Asked = place.Next;
            _rewound.Add(record.Partition);
            consumer.Seek(new TopicPartitionOffset(record.TopicPartition, place.Next));
            return false;
        }

        if (offset > place.Next && place.Asked == place.Next)
        {
            Log.Missing(logger, record.Topic, record.Partition.Value, place.Next, offset);
        }

        (place.Next, place.Written) = (offset + 1, written);
        return true;
    }

    private sealed class Place
    {
        /// <summary>The offset that should come.</summary>
        public long Next { get; set; }

        /// <summary>Moment of the record before it.</summary>
        public DateTime Written { get; set; }

        /// <summary>The offset that was asked for again last.</summary>
        public long Asked { get; set; } = -1;
    }

    private static partial class Log
    {
        [LoggerMessage(6012, LogLevel.Warning, "The client skipped {Topic}/{Partition} from {Expected} to {Found}; it is read again from there, nothing is missed")]
        public static partial void Skipped(ILogger logger, string topic, int partition, long expected, long found);

        [LoggerMessage(6013, LogLevel.Error, "The broker has no record of {Topic}/{Partition} from {Expected} to {Found}, though none can have been compacted yet: was the broker restored, or are records deleted by hand?")]
        public static partial void Missing(ILogger logger, string topic, int partition, long expected, long found);
    }
}
