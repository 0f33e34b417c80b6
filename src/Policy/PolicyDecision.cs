namespace Keten.Policy;

/// <summary>The policy's answer (rules R1 to R22, domain.md section 6).</summary>
public sealed record PolicyDecision
{
    public required bool Allow { get; init; }

    /// <summary>The exact code, for the log.</summary>
    public required string ReasonCode { get; init; }

    /// <summary>What the caller is told (R22); differs where the exact code would reveal whether the target knows the person.</summary>
    public required string CallerCode { get; init; }

    /// <summary>The rule that decided, for instance <c>R18d</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>What may be returned or carried, in catalogue order.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Obligation ids, sorted.</summary>
    public IReadOnlyList<string> Obligations { get; init; } = [];

    /// <summary>The purpose's grounds in law.</summary>
    public IReadOnlyList<string> LegalBasis { get; init; } = [];

    /// <summary>Longest the receiver keeps it, in days; 0: no term.</summary>
    public int RetentionDays { get; init; }

    public bool BreakGlass { get; init; }

    /// <summary>Revision of the bundle that gave this very answer: with bundles replaced while running, the only one to record.</summary>
    public string Revision { get; init; } = "";

    /// <summary>What the caller is told, in words.</summary>
    public string CallerTextNl { get; init; } = "";

    /// <inheritdoc cref="CallerTextNl"/>
    public string CallerTextEn { get; init; } = "";
}
