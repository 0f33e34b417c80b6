using System.Threading.Channels;
using Keten.DecisionLog;
using Keten.Events;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Following;

/// <summary>
/// Hands every durable record of this gateway's own log to a subscriber, in order, soon after it was written. The log is the queue: nothing
/// is handed over in memory, so a stop between a record and its effect only delays the effect.
/// </summary>
internal sealed partial class DecisionLogFollower(
    SegmentedDecisionLog log, IOptions<DecisionLogOptions> options, IDecisionLogSubscriber subscriber, TimeProvider time,
    ILogger<DecisionLogFollower> logger) : BackgroundService
{
    private readonly string _directory = options.Value.Directory;

    /// <summary>A log that is damaged ends it, and with it the gateway: what must follow from a decision could no longer.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // One token stands for any number of appends while the follower is busy.
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        void Wake() => wake.Writer.TryWrite(true);

        using var position = FollowerPosition.Open(_directory, subscriber.Name, log.Durable);
        log.Appended += Wake;
        try
        {
            var backoff = new Backoff(time);
            while (true)
            {
                try
                {
                    await FollowAsync(position, wake.Reader, backoff, stoppingToken);
                }
                catch (IOException problem) when (problem is not DecisionLogCorruptedException)
                {
                    Log.Again(logger, subscriber.Name, backoff.Attempts + 1, problem);
                }

                await backoff.WaitAsync(stoppingToken);
            }
        }
        catch (DecisionLogCorruptedException problem)
        {
            Log.Stopped(logger, subscriber.Name, problem);
            throw;
        }
        finally
        {
            log.Appended -= Wake;
        }
    }

    private async Task FollowAsync(FollowerPosition position, ChannelReader<bool> wake, Backoff backoff, CancellationToken cancellationToken)
    {
        position.GoBackTo(subscriber.ResumeAt(log.Durable));
        using var tail = new LogTail(_directory);
        var next = position.Next;
        var found = false;
        while (true)
        {
            var durable = log.Durable;
            if (next < durable && !found)
            {
                tail.Seek(next);
                found = true;
            }

            tail.Refresh();
            for (; next < durable; next++)
            {
                position.Take(next, await subscriber.TakeAsync(tail.Read(), cancellationToken));
            }

            subscriber.ReadUpTo(next);
            position.Save();
            backoff.Reset();
            await wake.ReadAsync(cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Warning, "Follower '{Name}' could not read the decision log, or not write down what it makes of it ({Times} times); it tries again, nothing is skipped")]
        public static partial void Again(ILogger logger, string name, int times, Exception exception);

        [LoggerMessage(2011, LogLevel.Critical, "Follower '{Name}' cannot go on, so this gateway stops: what must follow from its decisions would not")]
        public static partial void Stopped(ILogger logger, string name, Exception exception);
    }
}
