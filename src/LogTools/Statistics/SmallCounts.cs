namespace Keten.LogTools.Statistics;

/// <summary>
/// Management information tells of no single person: a count below <see cref="Least"/> is not shown, and when that leaves one hole that the total
/// would fill, the next smallest is not shown either.
/// </summary>
public static class SmallCounts
{
    /// <summary>The smallest count that is shown; none at all (0) is shown too.</summary>
    public const int Least = 5;

    /// <summary>The counts of one total; null where one is not shown.</summary>
    public static long?[] Hide(IReadOnlyList<long> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var shown = parts.Select(count => count is > 0 and < Least ? (long?)null : count).ToArray();
        if (shown.Count(count => count is null) == 1
            && Enumerable.Range(0, shown.Length).Where(i => shown[i] > 0).OrderBy(i => shown[i]).FirstOrDefault(-1) is >= 0 and var next)
        {
            shown[next] = null;
        }

        return shown;
    }
}
