namespace Keten.Bench.Log;

/// <summary>How much to measure.</summary>
public sealed record LogBenchOptions
{
    /// <summary>Records of the log that is verified.</summary>
    public long Records { get; init; } = 1_000_000;

    /// <summary>For so long at each number of writers, and through gateways.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Appending at the same time.</summary>
    public IReadOnlyList<int> Writers { get; init; } = [1, 16, 64];

    /// <summary>On this disk; null: the temporary directory.</summary>
    public string? Directory { get; init; }

    /// <summary>Also through real gateways: one whose log is on the disk, one whose log is in memory.</summary>
    public bool Gateway { get; init; } = true;
}
