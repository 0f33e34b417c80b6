namespace Keten.Bench.Log;

/// <summary>What to inflict on the gateways, and how much to read meanwhile.</summary>
public sealed record LogChaosOptions
{
    /// <summary>Kills of a gateway without warning, at random points.</summary>
    public int Kills { get; init; } = 100;

    /// <summary>Gateway replicas, each with a log of its own.</summary>
    public int Gateways { get; init; } = 2;

    /// <summary>Reads at the same time.</summary>
    public int Readers { get; init; } = 16;

    /// <summary>Persons that are read about.</summary>
    public int Persons { get; init; } = 20;

    /// <summary>The same seed makes the same choices; their moments still differ.</summary>
    public int Seed { get; init; } = 1;
}
