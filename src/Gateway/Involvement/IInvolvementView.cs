using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Involvement;

/// <summary>The gateway's own view of who is involved with whom: the source of the policy's <c>caller_involved</c> and <c>target_involved</c>.</summary>
public interface IInvolvementView
{
    /// <summary>True while the organisation has an active involvement with the person, shielded or not, under either index purpose.</summary>
    bool IsInvolved(Oin organisation, Pseudonym person);
}
