namespace Keten.DecisionLog.Tree;

/// <summary>Holds two copies of one log against each other, record by record.</summary>
internal static class LogComparison
{
    /// <summary>Where they part; nothing when one is the beginning of the other.</summary>
    public static IEnumerable<LogFinding> Compare(string directory, string other, List<string> remarks, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(other))
        {
            throw new DirectoryNotFoundException($"There is no decision log in {other}: the directory does not exist.");
        }

        try
        {
            return Find(new RecordWalk(directory), new RecordWalk(other), other, remarks, cancellationToken) is { } finding ? [finding] : [];
        }
        catch (DecisionLogCorruptedException damage)
        {
            // Of this log it was found before.
            return damage.Segment.StartsWith(other, StringComparison.Ordinal)
                ? [new LogFinding(damage.What, $"The other copy is damaged: {damage.Fault}.", damage.Segment, damage.Offset, damage.Index)]
                : [];
        }
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
