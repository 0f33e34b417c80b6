namespace Keten.Bench.Events;

/// <summary>How many events a replica matches and tells of; the broker runs in the same process.</summary>
public sealed record MatcherReport
{
    public required int Events { get; init; }

    public required double PerSecond { get; init; }

    /// <summary>For each second of one processor.</summary>
    public required double PerProcessorSecond { get; init; }
}
