namespace Keten.DecisionLog.Tree;

/// <summary>Holds two copies of one log against each other, record by record.</summary>
internal static class LogComparison
{
    /// <summary>Where they part; nothing when one is the beginning of the other, or lacks only what retention removed.</summary>
    /// <param name="directory">This log.</param>
    /// <param name="other">The other copy.</param>
    /// <param name="retired">Index up to which this log says, under its checkpoint, that retention removed records.</param>
    /// <param name="remarks">What is not wrong.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static IEnumerable<LogFinding> Compare(string directory, string other, long retired, List<string> remarks, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(other))
        {
            throw new DirectoryNotFoundException($"There is no decision log in {other}: the directory does not exist.");
        }

        try
        {
            var (mine, theirs) = (new RecordWalk(directory), new RecordWalk(other));
            var parting = Find(mine, theirs, other, remarks, cancellationToken);
            return parting?.What == LogDamage.OtherLog ? [parting] : new[] { Head(mine, theirs, other, retired), parting }.OfType<LogFinding>();
        }
        catch (DecisionLogCorruptedException damage)
        {
            // Of this log it was found before.
            return damage.Segment.StartsWith(other, StringComparison.Ordinal)
                ? [new LogFinding(damage.What, $"The other copy is damaged: {damage.Fault}.", damage.Segment, damage.Offset, damage.Index)]
                : [];
        }
    }

    private static LogFinding? Head(RecordWalk mine, RecordWalk theirs, string other, long retired)
    {
        var first = Math.Max(theirs.FirstIndex, retired);
        return first < mine.FirstIndex
            ? new(LogDamage.SegmentMissing,
                $"Records {first} to {mine.FirstIndex - 1} are in {other} and gone here, and no record under the checkpoint says that retention removed them.", other, null, first)
            : null;
    }

    private static LogFinding? Find(RecordWalk mine, RecordWalk theirs, string other, List<string> remarks, CancellationToken cancellationToken)
    {
        var first = Math.Max(mine.FirstIndex, theirs.FirstIndex);
        using var left = mine.Read().SkipWhile(record => record.Index < first).GetEnumerator();
        using var right = theirs.Read().SkipWhile(record => record.Index < first).GetEnumerator();
        var same = first;
        while (true)
        {
            var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
            if (mine.LogId is { } id && theirs.LogId is { } otherId && id != otherId)
            {
                return new(LogDamage.OtherLog, $"This is log {id}, and {other} is log {otherId}.", other);
            }

            if (!hasLeft || !hasRight)
            {
                remarks.Add(hasLeft == hasRight ? $"{other} has the same {same} records."
                    : $"{other} has the same {same} records, and {(hasLeft ? "ends there; this log goes on" : "goes on; this log ends there")}.");
                return null;
            }

            if (!left.Current.Payload.AsSpan().SequenceEqual(right.Current.Payload))
            {
                return new(LogDamage.Fork, $"Two histories part here: {other} has another record, in {right.Current.Segment} at offset {right.Current.Offset}.",
                    left.Current.Segment, left.Current.Offset, left.Current.Index);
            }

            if (++same % Tile.Whole == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
