using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Keten.Events;

/// <summary>
/// Reads records in batches on a thread of its own. Offsets are stored by the handler, when the effects of a record are durable. While a handler takes long (a
/// policy or broker that is away) the partitions are paused and the client is still polled, so that the group does not give it up.
/// </summary>
/// <param name="consumer">Closed when the run ends; its owner disposes it.</param>
/// <param name="maxBatch">Most records in a batch.</param>
/// <param name="logger">For troubles the client gets over by itself.</param>
public sealed partial class BatchConsumer(
    IConsumer<byte[], byte[]> consumer, int maxBatch, ILogger logger)
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PatienceWithoutPolling = TimeSpan.FromSeconds(5);

    private readonly List<ConsumeResult<byte[], byte[]>> _batch = new(maxBatch);

    /// <summary>Runs until the token ends it, and then closes the consumer. The handler's exceptions end it as well: offsets stay as they are.</summary>
    public Task RunAsync(
        Func<IReadOnlyList<ConsumeResult<byte[], byte[]>>, CancellationToken, Task> handler, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(handler, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(Func<IReadOnlyList<ConsumeResult<byte[], byte[]>>, CancellationToken, Task> handler, CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                Fill();
                if (_batch.Count == 0)
                {
                    continue;
                }

                var batch = _batch.ToArray();
                _batch.Clear();
                AwaitWhilePolling(handler(batch, cancellationToken), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop: what was not finished comes again.
        }
        finally
        {
            consumer.Close();
        }
    }

    private void Fill()
    {
        var wait = _batch.Count == 0 ? PollTimeout : TimeSpan.Zero;
        while (_batch.Count < maxBatch && Poll(wait))
        {
            wait = TimeSpan.Zero;
        }
    }

    private bool Poll(TimeSpan wait)
    {
        try
        {
            if (consumer.Consume(wait) is { IsPartitionEOF: false } record)
            {
                _batch.Add(record);
                return true;
            }
        }
        catch (ConsumeException failure) when (!failure.Error.IsFatal)
        {
            // The client goes on by itself: a topic that is not there yet, a broker that is away.
            Log.Trouble(logger, failure.Error.Code, failure.Error.Reason);
        }

        return false;
    }

    private void AwaitWhilePolling(Task work, CancellationToken cancellationToken)
    {
        var handle = ((IAsyncResult)work).AsyncWaitHandle;
        while (!work.IsCompleted && !handle.WaitOne(PatienceWithoutPolling))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var assignment = consumer.Assignment;
            consumer.Pause(assignment);
            Poll(TimeSpan.Zero);
            consumer.Resume(consumer.Assignment);
        }

        work.GetAwaiter().GetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(6011, LogLevel.Warning, "Consumer has trouble and goes on: {Code}, {Reason}")]
        public static partial void Trouble(ILogger logger, ErrorCode code, string reason);
    }
}
