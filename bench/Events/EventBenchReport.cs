namespace Keten.Bench.Events;

/// <summary>What was measured.</summary>
public sealed record EventBenchReport
{
    /// <summary>Reports through everything at once, from two adapters to the receipt: a second.</summary>
    public required double ReportsPerSecond { get; init; }

    public required int Rate { get; init; }

    public required int Sent { get; init; }

    public required int Heard { get; init; }

    /// <summary>From the moment a report was due to be sent until the other organisation's own system heard of the match.</summary>
    public required Latency MatchMilliseconds { get; init; }

    public required MatcherReport Matcher { get; init; }

    public required RebuildReport Rebuild { get; init; }
}

/// <summary>A distribution.</summary>
public sealed record Latency(double P50, double P90, double P99, double Max)
{
    /// <summary>Of milliseconds, at least one.</summary>
    public static Latency Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return new Latency(At(0.5), At(0.9), At(0.99), Math.Round(sorted[^1], 1));

        double At(double share) => Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 1);
    }
}
