using Confluent.Kafka;
using Keten.Events;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// Reads all authorised involvements into the view, of all partitions and on every replica, and waits for nobody. The matcher of a partition
/// follows it: it is handed each step, and is left behind when it has no room for it.
/// </summary>
internal sealed partial class ViewReader(
    KafkaClients clients, InvolvementView view, ViewProgress progress, InvolvementReadiness readiness, Persistence persistence,
    InvolvementMetrics metrics, TimeProvider time, ILogger<ViewReader> logger) : BackgroundService
{
    private const int MaxBatch = 1_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<IConsumer<byte[], byte[]>> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Followers _followers = new();

    /// <summary>Number of partitions; 0 before the first connection.</summary>
    public int Partitions { get; private set; }

    /// <summary>Completes when the view has taken in everything that is in the topic now.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var consumer = await _connected.Task.WaitAsync(cancellationToken);
        var ends = await persistence.DoAsync("catch up", ct => Task.Run(() => EndsOf(consumer, consumer.Assignment), ct), cancellationToken);
        await Task.WhenAll(ends.Select(end => progress.ReachedAsync(end.Partition, end.Offset, cancellationToken)));
    }

    /// <summary>Hands over all steps of a partition from this offset on. False when the view has already gone past it.</summary>
    public bool TryFollow(int partition, long next, IStepFollower follower) => _followers.TryAdd(partition, next, follower);

    /// <summary>Hands over no more steps to it.</summary>
    public void Leave(int partition, IStepFollower follower) => _followers.Remove(partition, follower);

    /// <summary>Records of each partition that the view has not taken in, as far as the client knows.</summary>
    public IEnumerable<(int Partition, long Lag)> Lags() => !_connected.Task.IsCompletedSuccessfully ? [] :
        Enumerable.Range(0, Partitions).Select(p => (p, Math.Max(0, HighOf(p) - _followers.NextOf(p))));

    /// <summary>End of a partition, as far as the client knows.</summary>
    public long HighOf(int partition) => _connected.Task.IsCompletedSuccessfully
        ? Math.Max(0, _connected.Task.Result.GetWatermarkOffsets(new(Topics.InvolvementByPerson, partition)).High.Value) : 0;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var consumer = clients.CreateAssignedConsumer(ConsumerGroups.View);
        var started = time.GetTimestamp();
        var ends = await persistence.DoAsync("connect", ct => Task.Run(() => Connect(consumer), ct), stoppingToken);
        _connected.SetResult(consumer);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var continuity = new Continuity(consumer, time, logger);
        var reading = new BatchConsumer(consumer, MaxBatch, logger).RunAsync((batch, _) => Take(continuity.Check(batch)), either.Token);
        try
        {
            await await Task.WhenAny(reading, RebuildAsync(ends, started, either.Token));
            await reading;
        }
        finally
        {
            await either.CancelAsync();
        }
    }

    private async Task RebuildAsync(List<TopicPartitionOffset> ends, long started, CancellationToken cancellationToken)
    {
        await Task.WhenAll(ends.Select(end => progress.ReachedAsync(end.Partition, end.Offset, cancellationToken)));
        readiness.SetCaughtUp();
        Log.Rebuilt(logger, view.Table.Count, ends.Count, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    private List<TopicPartitionOffset> Connect(IConsumer<byte[], byte[]> consumer)
    {
        progress.Partitions = Partitions = KafkaClients.CountPartitions(consumer.Handle, Topics.InvolvementByPerson, Timeout);
        var partitions = Enumerable.Range(0, Partitions).Select(p => new TopicPartition(Topics.InvolvementByPerson, p)).ToList();
        var ends = EndsOf(consumer, partitions);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        return ends;
    }

    // The last record that is there; negative when there is none to wait for.
    private static List<TopicPartitionOffset> EndsOf(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) =>
        [.. partitions.Select(p => (Partition: p, Marks: consumer.QueryWatermarkOffsets(p, Timeout)))
            .Select(p => new TopicPartitionOffset(p.Partition, p.Marks.High > p.Marks.Low ? p.Marks.High.Value - 1 : -1))];

    private Task Take(IReadOnlyList<ConsumeResult<byte[], byte[]>> batch)
    {
        foreach (var record in batch)
        {
            var step = _followers.Take(record, describe => Step.Take(view.Table, record, describe));
            if (step.IsMalformed)
            {
                Log.Malformed(logger, record.Partition.Value, record.Offset.Value);
            }
            else if (step.IsRepeat)
            {
                metrics.ViewRepeated();
            }

            progress.Advance(record.Partition, record.Offset);
        }

        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(3402, LogLevel.Information, "View of involvements is complete: {Count} of {Partitions} partitions in {Milliseconds} ms")]
        public static partial void Rebuilt(ILogger logger, int count, int partitions, long milliseconds);

        [LoggerMessage(3403, LogLevel.Error, "Authorised involvement {Partition}/{Offset} cannot be read and has no effect; it goes to the dead letters")]
        public static partial void Malformed(ILogger logger, int partition, long offset);
    }
}
