using Google.Protobuf.WellKnownTypes;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Keten.DecisionLog.Retention;

/// <summary>Carries out <see cref="DecisionLogOptions.Retention"/>: at start and four times a day, segments that are past it go, and then the keys nobody's records need any more.</summary>
internal sealed partial class RetentionJob(
    SegmentedDecisionLog log, IOptions<DecisionLogOptions> options, TimeProvider time, ILogger<RetentionJob> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(6);
    private static readonly TimeSpan UntilSealed = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            await Task.Run(() => RunAsync(stoppingToken), stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var retirement = new SegmentRetirement(options.Value.Directory);
            var before = time.GetUtcNow() - options.Value.Retention;
            var first = retirement.FirstKept(before);
            if (first > RetiredNote.Read(options.Value.Directory))
            {
                await RecordAsync(retirement, first, before, cancellationToken);
            }

            if (retirement.Retire(first) is > 0 and var segments)
            {
                Log.Retired(logger, segments, first);
            }

            // A key lasts as long as a record that may be sealed with it.
            var oldest = retirement.OldestKept() is { } kept && kept < before ? kept : before;
            if (log.Keys.Expire(UseMonth.Of(oldest)) is > 0 and var keys)
            {
                Log.KeysExpired(logger, keys);
            }
        }
        catch (DecisionLogCorruptedException damage)
        {
            Log.Damaged(logger, damage);
        }
        catch (IOException problem)
        {
            Log.Again(logger, problem);
        }
    }

    /// <summary>
    /// Completes when a checkpoint vouches for it that these records go. After a crash in between nothing is gone, and it is recorded once more.
    /// </summary>
    private async Task RecordAsync(SegmentRetirement retirement, long firstKept, DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        var from = log.Durable;
        await log.AppendAsync(
            new LogRecord { RecordsRetired = new RecordsRetired { FirstKept = firstKept, OlderThan = Timestamp.FromDateTimeOffset(olderThan) } }, cancellationToken);
        var index = DecisionLogReader.ReadEntries(options.Value.Directory, from, openSubjects: false)
            .First(entry => entry.Record.RecordsRetired?.FirstKept == firstKept).Index;
        while (!retirement.IsSealed(index))
        {
            await Task.Delay(UntilSealed, time, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2070, LogLevel.Information, "{Segments} segments of the decision log were past retention and are deleted; the log now begins with record {FirstIndex}")]
        public static partial void Retired(ILogger logger, int segments, long firstIndex);

        [LoggerMessage(2071, LogLevel.Information, "{Keys} keys of persons of whom no record is kept are destroyed")]
        public static partial void KeysExpired(ILogger logger, int keys);

        [LoggerMessage(2072, LogLevel.Critical, "A segment that is past retention is damaged; it is kept as evidence, and so is all that follows")]
        public static partial void Damaged(ILogger logger, Exception exception);

        [LoggerMessage(2073, LogLevel.Error, "Retention could not be carried out; it is tried again")]
        public static partial void Again(ILogger logger, Exception exception);
    }
}
