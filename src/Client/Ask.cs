using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;

namespace Keten.Client;

/// <summary>One question: to whom, about whom, for which purpose, by which professional. Immutable; use <c>with</c> for the next.</summary>
public sealed record Ask
{
    /// <summary>The organisation that is asked.</summary>
    public required Oin Target { get; init; }

    /// <summary>Pseudonym of the person; your own adapter gives it (<c>CaseSystemService.GetPseudonym</c>). Null where the question is about organisations.</summary>
    public required Pseudonym? Subject { get; init; }

    /// <summary>Purpose id of the register, for instance <c>naw-hergebruik</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>Your own opaque id of the professional. It is logged; use no name.</summary>
    public required string Actor { get; init; }

    /// <summary>The professional's role, as the register lists it for your type of organisation.</summary>
    public required string ActorRole { get; init; }

    /// <summary>Your own opaque case id.</summary>
    public string? CaseReference { get; init; }

    /// <summary>Case facts you assert: age, informed, consent, states (domain.md section 5). Logged as asserted.</summary>
    public CaseFacts Facts { get; init; } = CaseFacts.None;

    /// <summary>The fields wanted; null: all that the purpose gives. Ask for no more than you need.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Break-glass only: at least 20 characters and four words. Every use is reviewed by people.</summary>
    public string? Justification { get; init; }

    /// <summary>FSC transaction id (UUIDv7) to go on with; null: the gateway makes one.</summary>
    public string? TransactionId { get; init; }

    /// <summary>How long to wait; null: the client's default. Subscriptions have none.</summary>
    public TimeSpan? Deadline { get; init; }
}
