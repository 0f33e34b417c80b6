using System.Threading.Channels;
using Confluent.Kafka;
using Keten.Events;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// Matches one partition, from the mark of what is done on. What is told depends on how things stood before a record. So it follows the view
/// step by step where it can; and where the view has already gone on (another replica had the partition, or matching fell behind) it reads the
/// partition again from its beginning, into a table of its own, until it has come up with the view.
/// </summary>
internal sealed partial class PartitionMatcher(
    TopicPartition partition, ViewReader view, KafkaClients clients, Func<Step, CancellationToken, Task> handle, TimeProvider time, ILogger logger) : IStepFollower
{
    /// <summary>Steps that may wait: what the policy or a busy topic delays for a moment.</summary>
    internal const int Room = 10_000;

    private const int MaxBatch = 1_000;

    private Channel<Step> _steps = NewChannel();
    private long _next;

    /// <summary>The next record to be matched.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Runs until the token ends it.</summary>
    /// <param name="mark">The first record that is not done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(long mark, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _next, mark);
        try
        {
            while (true)
            {
                _steps = NewChannel();
                if (!view.TryFollow(partition.Partition.Value, _next, this))
                {
                    await ReadAgainAsync(cancellationToken);
                }

                await foreach (var step in _steps.Reader.ReadAllAsync(cancellationToken))
                {
                    await HandleAsync(step, cancellationToken);
                }

                Log.LeftBehind(logger, partition.Partition.Value, _next);
            }
        }
        finally
        {
            view.Leave(partition.Partition.Value, this);
        }
    }

    /// <inheritdoc/>
    public bool TryTake(Step step)
    {
        if (_steps.Writer.TryWrite(step))
        {
            return true;
        }

        _steps.Writer.Complete();
        return false;
    }

    private async Task ReadAgainAsync(CancellationToken cancellationToken)
    {
        Log.ReadAgain(logger, partition.Partition.Value, _next);
        var table = new InvolvementTable(new Vocabulary());
        using var consumer = clients.CreateAssignedConsumer(ConsumerGroups.Rematch);
        consumer.Assign(new TopicPartitionOffset(partition, Offset.Beginning));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var continuity = new Continuity(consumer, time, logger);
        await new BatchConsumer(consumer, MaxBatch, logger).RunAsync(async (batch, ct) =>
        {
            var records = continuity.Check(batch);
            foreach (var record in records)
            {
                var isNew = record.Offset.Value >= _next;
                var step = Step.Take(table, record, describe: isNew);
                if (isNew)
                {
                    await HandleAsync(step, ct);
                }
            }

            if (records.Count > 0 && view.TryFollow(partition.Partition.Value, records[^1].Offset.Value + 1, this))
            {
                await done.CancelAsync();
            }
        }, done.Token);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task HandleAsync(Step step, CancellationToken cancellationToken)
    {
        if (step.Offset.Value >= _next)
        {
            await handle(step, cancellationToken);
            Volatile.Write(ref _next, step.Offset.Value + 1);
        }
    }

    private static Channel<Step> NewChannel() =>
        Channel.CreateBounded<Step>(new BoundedChannelOptions(Room) { SingleReader = true, SingleWriter = true });

    private static partial class Log
    {
        [LoggerMessage(3404, LogLevel.Information, "Matching of partition {Partition} begins at {Mark}; the partition is read again until there for how things stood")]
        public static partial void ReadAgain(ILogger logger, int partition, long mark);

        [LoggerMessage(3405, LogLevel.Warning, "Matching of partition {Partition} is behind the view, at {Next}: the view goes on, and nothing is skipped")]
        public static partial void LeftBehind(ILogger logger, int partition, long next);
    }
}
