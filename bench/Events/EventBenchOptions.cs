namespace Keten.Bench.Events;

/// <summary>How much to measure.</summary>
public sealed record EventBenchOptions
{
    /// <summary>Reports a second for the latency, whether or not the former was answered.</summary>
    public int Rate { get; init; } = 200;

    /// <summary>For so long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Involvements to rebuild the view from.</summary>
    public int Involvements { get; init; } = 1_000_000;
}
