using Keten.Contracts.Catalogue;

namespace Keten.Gateway.Management.AuthZen;

/// <summary>One access evaluation as it was asked. Of what is known here better (type, status, involvement) the asker's word is not even read.</summary>
internal sealed record AuthZenQuestion
{
    public required string SubjectType { get; init; }

    /// <summary>OIN of the organisation that would call.</summary>
    public required string SubjectId { get; init; }

    public string Role { get; init; } = "";

    public string Actor { get; init; } = "";

    public required string Action { get; init; }

    /// <summary>Data category.</summary>
    public required string ResourceType { get; init; }

    /// <summary>Pseudonym of the person; anything else is about nobody the gateway knows.</summary>
    public required string ResourceId { get; init; }

    /// <summary>OIN of the organisation that would be asked; empty: the gateway itself.</summary>
    public string Target { get; init; } = "";

    public IReadOnlyList<string>? Fields { get; init; }

    public string Purpose { get; init; } = "";

    public CaseFacts Facts { get; init; } = CaseFacts.None;

    /// <summary>Null when break-glass is not asked.</summary>
    public string? Justification { get; init; }

    public string TraceParent { get; init; } = "";
}
