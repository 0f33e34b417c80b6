namespace Keten.LogTools.Reconcile;

/// <summary>What came out of a reconciliation.</summary>
public sealed record ReconcileReport
{
    /// <summary>How many findings are listed at most.</summary>
    public const int MostListed = 1000;

    /// <summary>Calls in the gateways' logs that ended well at one of these adapters.</summary>
    public required long Permits { get; init; }

    /// <summary>Lines of the adapters that were compared.</summary>
    public required long Lines { get; init; }

    /// <summary>Lines from before the oldest or after the newest record of the gateways' logs: not judged.</summary>
    public required long OutOfReach { get; init; }

    /// <summary>Calls that ended well, have no line, and are from before the oldest line their adapter has: not judged.</summary>
    public required long PermitsOutOfReach { get; init; }

    /// <summary>When the oldest line of each directory was written; null where there is none.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset?> OldestLines { get; init; }

    /// <summary>Calls that ended well at a target whose adapter was not given: not judged.</summary>
    public required long NotCompared { get; init; }

    /// <summary>Whose record each directory is; empty where no line says so.</summary>
    public required IReadOnlyDictionary<string, string> Adapters { get; init; }

    /// <summary>How many of each.</summary>
    public required IReadOnlyDictionary<FindingKind, long> Counts { get; init; }

    /// <summary>The first <see cref="MostListed"/>.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>True when both sides tell the same.</summary>
    public bool Agrees => Counts.Count == 0;
}
