using System.Collections.Concurrent;
using Confluent.Kafka;
using Keten.Events;
using Keten.Gateway.Involvement.Delivery;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// Matches the partitions this replica has in the consumer group, each from the mark that was committed last. The group is only for who has
/// which partition and for the marks: its consumer is paused, for the records come by way of the view.
/// </summary>
internal sealed partial class MatchService(
    KafkaClients clients, ViewReader view, StepHandler handler, InvolvementReadiness readiness, InvolvementView involvements, InvolvementMetrics metrics,
    TimeProvider time, ILogger<MatchService> logger) : BackgroundService
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<int, Owned> _owned = new();
    private readonly ConcurrentQueue<TopicPartition> _arrived = new();
    private Marks _marks = null!;

    /// <summary>This replica matches the partition.</summary>
    public bool Owns(int partition) => _owned.ContainsKey(partition);

    /// <summary>Records of each of its partitions that are not matched.</summary>
    public IEnumerable<(int Partition, long Lag)> Lags() =>
        _owned.Select(o => (o.Key, Math.Max(0, view.HighOf(o.Key) - o.Value.Matcher.Next)));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Watch(involvements, view, this);
        await readiness.CaughtUp.WaitAsync(stoppingToken);
        using var consumer = clients.CreateConsumer("gateway-matcher", ConsumerGroups.Matcher, Arrive, Leave);
        _marks = new Marks(consumer, logger);
        consumer.Subscribe(Topics.InvolvementByPerson);
        try
        {
            await Task.Factory.StartNew(
                () => Poll(consumer, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            // Leave first, then close: a mark that is stored goes along.
            var running = _owned.Values.ToList();
            Leave([.. running.Select(o => o.Partition)]);
            await Task.WhenAll(running.Select(o => o.Running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            consumer.Close();
            _marks.Stop();
        }
    }

    private void Poll(IConsumer<byte[], byte[]> consumer, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                consumer.Consume(PollTimeout);
                Start(consumer, cancellationToken);
            }
            catch (KafkaException failure) when (!failure.Error.IsFatal)
            {
                Log.Trouble(logger, failure.Error.Code);
            }

            if (_owned.Values.FirstOrDefault(o => o.Running.IsFaulted) is { } failed)
            {
                failed.Running.GetAwaiter().GetResult();
            }
        }
    }

    // On the thread that polls, as Leave is.
    private void Arrive(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _arrived.Enqueue(partition);
        }
    }

    private void Leave(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_owned.TryRemove(partition.Partition.Value, out var owned))
            {
                owned.Stop.Cancel();
                Log.Gone(logger, partition.Partition.Value);
            }
        }

        _marks.Restart(partitions);
    }

    private void Start(IConsumer<byte[], byte[]> consumer, CancellationToken cancellationToken)
    {
        while (_arrived.TryPeek(out var partition))
        {
            if (!consumer.Assignment.Contains(partition) || _owned.ContainsKey(partition.Partition.Value))
            {
                _arrived.TryDequeue(out _);
                continue;
            }

            consumer.Pause([partition]);
            var committed = consumer.Committed([partition], Timeout)[0].Offset;
            var mark = committed.IsSpecial ? 0 : committed.Value;
            _arrived.TryDequeue(out _);
            _marks.Restart([partition]);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var matcher = new PartitionMatcher(partition, view, clients, (step, ct) => handler.HandleAsync(step, _marks, ct), time, logger);
            Log.Came(logger, partition.Partition.Value, mark);
            _owned[partition.Partition.Value] = new Owned(partition, matcher, Task.Run(() => matcher.RunAsync(mark, stop.Token), stop.Token), stop);
        }
    }

    private sealed record Owned(TopicPartition Partition, PartitionMatcher Matcher, Task Running, CancellationTokenSource Stop);

    private static partial class Log
    {
        [LoggerMessage(3406, LogLevel.Information, "This replica matches partition {Partition} from {Mark} on")]
        public static partial void Came(ILogger logger, int partition, long mark);

        [LoggerMessage(3407, LogLevel.Information, "This replica matches partition {Partition} no more")]
        public static partial void Gone(ILogger logger, int partition);

        [LoggerMessage(3408, LogLevel.Warning, "The matcher's group has trouble and it goes on: {Code}")]
        public static partial void Trouble(ILogger logger, ErrorCode code);
    }
}
