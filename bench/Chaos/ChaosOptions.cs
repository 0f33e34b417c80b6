namespace Keten.Bench.Chaos;

/// <summary>What to inflict, and how much to send meanwhile.</summary>
public sealed record ChaosOptions
{
    /// <summary>Kills without warning, of gateways and adapters, at random points.</summary>
    public int Kills { get; init; } = 200;

    /// <summary>Involvement events to send at least; more when the kills take longer.</summary>
    public int Events { get; init; } = 10_000;

    /// <summary>Persons that all four organisations know.</summary>
    public int Persons { get; init; } = 250;

    /// <summary>Gateway replicas; with more than one every kill of one is a rebalance.</summary>
    public int Gateways { get; init; } = 2;

    /// <summary>Once, in the middle of the events: the broker is away for so long. Embedded broker only.</summary>
    public TimeSpan Outage { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of produce requests that fail. Embedded broker only.</summary>
    public double ProduceErrors { get; init; } = 0.05;

    /// <summary>The same seed makes the same choices; their moments still differ.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>When nothing is heard for so long, what is missing is lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);
}
