namespace Keten.PolicyTools.Explain;

/// <summary>What became of a rule.</summary>
public enum RuleStatus
{
    /// <summary>Looked at, and no obstacle.</summary>
    Held,

    /// <summary>The register line sets no such condition, or the data concerns no person.</summary>
    NotAsked,

    /// <summary>This rule refused.</summary>
    Failed,

    /// <summary>Failed or not looked at, because break-glass took its place.</summary>
    SetAside,

    /// <summary>Not looked at: an earlier rule had refused.</summary>
    NotReached,
}
