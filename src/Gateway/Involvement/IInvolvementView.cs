using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Involvement;

/// <summary>The gateway's own view of who is involved with whom: the source of the policy's <c>caller_involved</c> and <c>target_involved</c>.</summary>
public interface IInvolvementView
{
    /// <summary>False while the view is still being read at start: then "is involved?" would be a guess, and nothing is decided.</summary>
    bool IsComplete { get; }

    /// <summary>
    /// True while the organisation has an active involvement with the person, shielded or not, under either index purpose, or was invited for this
    /// purpose (domain.md section 7).
    /// </summary>
    bool IsInvolved(Oin organisation, Pseudonym person, string purpose);

    /// <summary>True when the organisation was invited about the person for this purpose.</summary>
    bool IsInvited(Oin organisation, Pseudonym person, string purpose);

    /// <summary>How far it has been read where this person is kept; for the record of a decision that asked it.</summary>
    ViewPosition PositionOf(Pseudonym person) => default;
}
