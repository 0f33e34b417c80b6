using System.Collections.Concurrent;
using Keten.Gateway.Involvement.View;
using Keten.Identity;
using Keten.Policy;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// Rules M3 and M4 by the policy, for what both organisations are now by the registry, whatever they were when they reported. Its answer depends on
/// nothing but these four values and the bundle, so it is kept until the bundle changes.
/// </summary>
internal sealed class Visibilities(IPolicyEngine policy, IParticipantRegistry participants)
{
    private static readonly InvolvementVisibility Nothing = new("none", []);

    private ConcurrentDictionary<(string Viewer, string Holder, string Purpose, bool Shielded), InvolvementVisibility> _known = new();
    private string? _revision;

    /// <summary>What the viewer may learn of the holder; nothing when there is no holder, or one of them is no participant any more.</summary>
    /// <exception cref="PolicyUnavailableException">No usable answer.</exception>
    public async ValueTask<InvolvementVisibility> OfAsync(HeldInvolvement viewer, HeldInvolvement? holder, CancellationToken cancellationToken)
    {
        if (holder is null || !participants.TryGet(viewer.Organisation, out var looking) || !participants.TryGet(holder.Organisation, out var held))
        {
            return Nothing;
        }

        var revision = policy.Revision;
        if (Volatile.Read(ref _revision) != revision)
        {
            _known = new();
            Volatile.Write(ref _revision, revision);
        }

        var known = _known;
        var key = (looking.OrganisationType, held.OrganisationType, holder.Purpose, holder.Shielded);
        if (known.TryGetValue(key, out var visibility))
        {
            return visibility;
        }

        visibility = await policy.VisibilityAsync(key.Item1, key.Item2, key.Item3, key.Item4, cancellationToken);
        if (visibility.Level is not ("none" or "contact" or "full"))
        {
            throw new PolicyUnavailableException("The policy gave a visibility level that is not none, contact or full.");
        }

        // A bundle that was replaced meanwhile may have answered: keep the answer only when it is surely this one's.
        if (policy.Revision == revision)
        {
            known.TryAdd(key, visibility);
        }

        return visibility;
    }
}
