using Keten.DecisionLog;
using Keten.Protocol.V1;

namespace Keten.LogTools.Query;

/// <summary>Reads a whole log for the calls that are asked for: needs nothing but the files, in flat memory.</summary>
public static class CallScan
{
    /// <summary>Calls in the order in which they ended (a refused one ends at once); after those the ones that did not, oldest first.</summary>
    /// <param name="directory">The directory of one gateway's log.</param>
    /// <param name="filter">Which calls.</param>
    /// <param name="onTornTail">As for <see cref="DecisionLogReader"/>.</param>
    /// <exception cref="DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public static IEnumerable<LoggedCall> Read(string directory, LogFilter filter, Action<TornTail>? onTornTail = null)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Join(DecisionLogReader.ReadEntries(directory, 0, onTornTail), filter);
    }

    private static IEnumerable<LoggedCall> Join(IEnumerable<DecisionLogEntry> entries, LogFilter filter)
    {
        // Null for a decision that is not asked for: its outcome must find it all the same.
        var joiner = new CallJoiner<DecisionLogEntry?>();
        foreach (var entry in entries)
        {
            if (Ended(joiner, entry, filter) is { } call && filter.Matches(call))
            {
                yield return call;
            }
        }

        foreach (var open in joiner.Open.OfType<DecisionLogEntry>().OrderBy(entry => entry.Index))
        {
            if (new LoggedCall(open, null) is var call && filter.Matches(call))
            {
                yield return call;
            }
        }
    }

    private static LoggedCall? Ended(CallJoiner<DecisionLogEntry?> joiner, DecisionLogEntry entry, LogFilter filter)
    {
        switch (entry.Record.RecordCase)
        {
            case LogRecord.RecordOneofCase.Decision when LoggedCall.AwaitsOutcome(entry.Record.Decision):
                joiner.Begin(entry.Record.Decision.DecisionId, filter.MayMatch(entry.Record) ? entry : null);
                return null;
            case LogRecord.RecordOneofCase.Decision:
                return new LoggedCall(entry, null);
            case LogRecord.RecordOneofCase.Outcome when joiner.TryEnd(entry.Record.Outcome.DecisionId, out var decision) && decision is not null:
                return new LoggedCall(decision, entry);
            default:
                return null;
        }
    }
}
