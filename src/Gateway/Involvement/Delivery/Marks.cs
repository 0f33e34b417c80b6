using Confluent.Kafka;

namespace Keten.Gateway.Involvement.Delivery;

/// <summary>
/// How far a consumer has come: in each partition up to the first record of which something has not arrived. What was set aside holds the
/// mark until the next start, so that it comes again.
/// </summary>
internal sealed partial class Marks(IConsumer<byte[], byte[]> consumer, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, Mark> _marks = [];
    private bool _stopped;

    /// <summary>Records being handled.</summary>
    public int Unfinished
    {
        get
        {
            lock (_gate)
            {
                return _marks.Values.Sum(m => m.Unfinished.Count);
            }
        }
    }

    /// <summary>The record is being handled. Called in the order of the records.</summary>
    public void Begin(TopicPartitionOffset record)
    {
        lock (_gate)
        {
            if (!_marks.TryGetValue(record.TopicPartition, out var mark))
            {
                _marks[record.TopicPartition] = mark = new();
            }

            mark.Unfinished.Add(record.Offset.Value);
            mark.End = record.Offset.Value + 1;
        }
    }

    /// <summary>Moves the mark when everything of the record has arrived.</summary>
    public async Task FinishAsync(TopicPartitionOffset record, params IEnumerable<Parcel> parcels)
    {
        var arrived = await Task.WhenAll(parcels.Select(p => p.Arrived));
        lock (_gate)
        {
            if (_stopped || !_marks.TryGetValue(record.TopicPartition, out var mark))
            {
                return;
            }

            mark.Unfinished.Remove(record.Offset.Value);
            if (arrived.Contains(false))
            {
                mark.Held = Math.Min(mark.Held, record.Offset.Value);
            }

            Store(record.TopicPartition, Math.Min(mark.Held, mark.Unfinished.Count > 0 ? mark.Unfinished.Min : mark.End), mark);
        }
    }

    /// <summary>These partitions came, or came back: they are read from what was committed last.</summary>
    public void Restart(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _marks.Remove(partition);
            }
        }
    }

    /// <summary>Nothing is stored after this; call it before the consumer goes.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
        }
    }

    private void Store(TopicPartition partition, long next, Mark mark)
    {
        if (next <= mark.Stored)
        {
            return;
        }

        try
        {
            consumer.StoreOffset(new TopicPartitionOffset(partition, next));
            mark.Stored = next;
        }
        catch (KafkaException failure)
        {
            // The partition went to another replica meanwhile, or the consumer is closed; what comes again has no second effect.
            Log.NotStored(logger, partition.Topic, partition.Partition.Value, failure.Error.Reason);
        }
    }

    private sealed class Mark
    {
        public SortedSet<long> Unfinished { get; } = [];

        public long End { get; set; }

        public long Held { get; set; } = long.MaxValue;

        public long Stored { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(3305, LogLevel.Information, "Offset of {Topic}/{Partition} was not stored, its records come again: {Reason}")]
        public static partial void NotStored(ILogger logger, string topic, int partition, string reason);
    }
}
