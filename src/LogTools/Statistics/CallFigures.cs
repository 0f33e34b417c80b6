namespace Keten.LogTools.Statistics;

/// <summary>The figures of one group. Null: not shown, because it is too small (<see cref="SmallCounts"/>) or there is nothing to measure.</summary>
/// <param name="Name">Of the group; a participant is its OIN.</param>
/// <param name="Calls">Decisions.</param>
/// <param name="Allowed">Permitted, and did not fail.</param>
/// <param name="Refused">The answer was no.</param>
/// <param name="Failed">Not decided, or did not end well.</param>
/// <param name="BreakGlass">Opened in a crisis.</param>
/// <param name="Open">Permitted, their end not on the log.</param>
/// <param name="P50Milliseconds">Half of the calls that ended took no longer, to 3 %.</param>
/// <param name="P99Milliseconds">99 of 100.</param>
public sealed record CallFigures(
    string Name, long? Calls, long? Allowed, long? Refused, long? Failed, long? BreakGlass, long? Open, double? P50Milliseconds, double? P99Milliseconds)
{
    internal static CallFigures Of(string name, CallCounts counts, bool exact, bool hidden = false)
    {
        long?[] parts = hidden ? [null, null, null] : Shown([counts.Allowed, counts.Refused, counts.Failed], exact);
        var measured = !hidden && counts.Durations.Count >= (exact ? 1 : SmallCounts.Least);
        return new CallFigures(
            name, hidden ? null : Shown([counts.Total], exact)[0], parts[0], parts[1], parts[2],
            hidden ? null : Shown([counts.BreakGlass], exact)[0], hidden ? null : Shown([counts.Open], exact)[0],
            measured ? Milliseconds(counts, 50) : null, measured ? Milliseconds(counts, 99) : null);
    }

    private static long?[] Shown(long[] parts, bool exact) => exact ? [.. parts.Cast<long?>()]
        : parts.Length == 1 ? [parts[0] is > 0 and < SmallCounts.Least ? null : parts[0]] : SmallCounts.Hide(parts);

    private static double Milliseconds(CallCounts counts, double percent) => Math.Round(counts.Durations.Percentile(percent) / 1000.0, 3);
}
