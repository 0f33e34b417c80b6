namespace Keten.Bench.Rig;

/// <summary>What a rig consists of.</summary>
public sealed record RigSetup
{
    /// <summary>Who takes part.</summary>
    public required IReadOnlyList<RigOrganisation> Organisations { get; init; }

    /// <summary>Clients that every organisation has, named <c>c0</c> and on.</summary>
    public required int Clients { get; init; }

    /// <summary>Gateway replicas.</summary>
    public required int Gateways { get; init; }

    /// <summary>Ready when the adapters have evaluated the pseudonyms of their clients; false: when they have begun.</summary>
    public bool Indexed { get; init; } = true;

    /// <summary>Environment of the adapters, beside what makes them work.</summary>
    public IReadOnlyDictionary<string, string> AdapterSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Directory under which the gateways' decision logs stand; null: with the rest.</summary>
    public string? DecisionLogs { get; init; }
}
