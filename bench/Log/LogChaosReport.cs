namespace Keten.Bench.Log;

/// <summary>What came of it. All is well when nothing that reached an adapter is missing from the gateways' logs, and those logs are whole.</summary>
public sealed record LogChaosReport
{
    public required int Kills { get; init; }

    /// <summary>Reads that were begun; of those, answered.</summary>
    public required long Sent { get; init; }

    public required long Answered { get; init; }

    /// <summary>Allowed decisions in the gateways' logs.</summary>
    public required long Decisions { get; init; }

    /// <summary>Requests that reached an adapter, as the adapters' web servers noted at their doors, before any code of ours.</summary>
    public required long Reached { get; init; }

    /// <summary>Decisions the adapters put on their own record.</summary>
    public required long Disclosed { get; init; }

    /// <summary>Of all these and of the answers, those without a decision in a gateway's log.</summary>
    public required long Missing { get; init; }

    /// <summary>Decisions recorded later than the adapter's line of them.</summary>
    public required long Late { get; init; }

    /// <summary>What verification found in the logs.</summary>
    public required long Damage { get; init; }

    /// <summary>What reconciliation of logs and adapters found.</summary>
    public required long Differences { get; init; }

    public required int Gateways { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The first few of each that went wrong.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    public bool Fine => Missing == 0 && Late == 0 && Damage == 0 && Differences == 0 && Reached > 0 && Disclosed > 0;
}
