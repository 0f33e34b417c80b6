using Keten.DecisionLog;
using Keten.DecisionLog.Reviews;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.BreakGlass;

/// <summary>
/// Looks every minute for reviews whose term has passed, and tells the privacy officers of both organisations again: once in the life of this
/// process, and with the same notification id after a restart, so that an inbox shows it once. What is past the log's retention it lets go of.
/// </summary>
internal sealed partial class OverdueReviews(
    ReviewQueue queue, SegmentedDecisionLog log, IOptions<DecisionLogOptions> options, BreakGlassPost post, TimeProvider time,
    ILogger<OverdueReviews> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private HashSet<string> _told = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            // While the log is being read a use may be known before its review is.
            await queue.CaughtUpAsync(log.Durable, stoppingToken);
            Release();
            await TellAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Release()
    {
        foreach (var use in queue.Release(before: time.GetUtcNow() - options.Value.Retention))
        {
            Log.Released(logger, use.Decision.DecisionId, options.Value.Retention);
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var overdue = queue.Open().Where(use => use.IsOverdue(now)).ToList();
        foreach (var use in overdue.Where(use => !_told.Contains(use.Decision.DecisionId)))
        {
            Log.Overdue(logger, use.Decision.DecisionId, use.Due);
            await post.PostAsync(use.Decision, overdue: true, cancellationToken);
        }

        // What has been reviewed since is forgotten here too.
        _told = overdue.Select(use => use.Decision.DecisionId).ToHashSet(StringComparer.Ordinal);
    }

    private static partial class Log
    {
        [LoggerMessage(4201, LogLevel.Warning, "Break-glass decision {DecisionId} was to be reviewed before {Due} and is not; the privacy officers of both organisations are told again")]
        public static partial void Overdue(ILogger logger, string decisionId, DateTimeOffset due);

        [LoggerMessage(4204, LogLevel.Warning, "Break-glass decision {DecisionId} was never reviewed and is older than the retention of the decision log ({Retention}); the queue lets go of it, and it is removed with its segment")]
        public static partial void Released(ILogger logger, string decisionId, TimeSpan retention);
    }
}
