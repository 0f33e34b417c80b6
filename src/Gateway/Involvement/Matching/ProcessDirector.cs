using Keten.Contracts.Identifiers;
using Keten.Gateway.Involvement.View;
using Keten.Identity;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// The gemeente that hears that nobody has the lead (M7): one that is involved itself; otherwise the only one in the region of those who are.
/// Where several could be meant none is told: that a person is known to several organisations is not for every gemeente of a region. A shielded
/// involvement points to nobody (M4).
/// </summary>
internal sealed class ProcessDirector(IParticipantRegistry participants)
{
    private const string Gemeente = "gemeente";
    private const string Active = "active";

    /// <summary>Null when it is not clear which it is.</summary>
    public Oin? For(string purpose, IReadOnlyList<HeldInvolvement> all)
    {
        var involved = all.Where(i => i.Active && !i.Shielded && i.Purpose == purpose).ToList();
        if (involved.Where(i => IsActiveGemeente(i.Organisation)).OrderBy(i => i.ActiveSince).FirstOrDefault() is { } own)
        {
            return own.Organisation;
        }

        var regions = involved.Select(i => participants.TryGet(i.Organisation, out var party) ? party.Region : "").Where(r => r.Length > 0).ToHashSet();
        var near = participants.All.Where(p => p.OrganisationType == Gemeente && p.Status == Active && regions.Contains(p.Region)).ToList();
        return near is [var only] ? only.Oin : null;
    }

    private bool IsActiveGemeente(Oin organisation) =>
        participants.TryGet(organisation, out var party) && party.OrganisationType == Gemeente && party.Status == Active;
}
