namespace Keten.Policy;

/// <summary>
/// The policy decision point (PDP). Two implementations answer alike: the compiled bundle in this process, and an OPA server.
/// Both are safe for concurrent use.
/// </summary>
public interface IPolicyEngine
{
    /// <summary>Revision of the bundle that answers now; empty before the first. A decision carries the revision that gave it.</summary>
    string Revision { get; }

    /// <summary>Decides one call.</summary>
    /// <exception cref="PolicyUnavailableException">No answer, a late answer or an odd answer. The caller denies.</exception>
    ValueTask<PolicyDecision> DecideAsync(PolicyInput input, CancellationToken cancellationToken);

    /// <summary>What a viewer may learn of a holder's involvement (domain.md section 7, rules M3 and M4).</summary>
    /// <exception cref="PolicyUnavailableException">As for <see cref="DecideAsync"/>.</exception>
    ValueTask<InvolvementVisibility> VisibilityAsync(
        string viewerType, string holderType, string purpose, bool shielded, CancellationToken cancellationToken);
}
