using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// Rule M7: the first match of a person asks who has the lead. Only those who were told of another are asked: the question itself says that there
/// is one. Whose involvement is shielded is asked, and is nobody's match (M4): no question and no escalation to others follows from it, nor stays
/// away for it.
/// </summary>
internal sealed class LeadQuestion(Visibilities visibilities, Persistence persistence)
{
    /// <summary>The involvements whose organisations are asked after this step; none when it was not the first match, or somebody has the lead.</summary>
    public async Task<IReadOnlyList<HeldInvolvement>> AskedAsync(Transition transition, CancellationToken cancellationToken)
    {
        var own = transition.After;
        var opens = own.Active && !own.ForPurposeOnly && transition.Before is not { Active: true };
        if (!opens)
        {
            return [];
        }

        var others = Active(transition.All, own.Purpose).FindAll(i => !Same(i, own));
        var open = others.FindAll(i => !i.Shielded);
        if (open.Exists(i => i.Leads) || own is { Leads: true, Shielded: false } || await IsAnyKnownAsync(open, cancellationToken))
        {
            return [];
        }

        var asked = new List<HeldInvolvement>();
        foreach (var other in others)
        {
            if (await KnowsAnyAsync(other, [own], cancellationToken))
            {
                asked.Add(other);
            }
        }

        if (await KnowsAnyAsync(own, others, cancellationToken))
        {
            asked.Add(own);
        }

        return asked.FindAll(i => !i.Leads);
    }

    /// <summary>This involvement made the first match, and still nobody has the lead, and that was not passed on yet.</summary>
    public async Task<bool> IsUnansweredAsync(
        IReadOnlyList<HeldInvolvement> all, HeldInvolvement involvement, CancellationToken cancellationToken)
    {
        var active = Active(all, involvement.Purpose);
        var open = active.FindAll(i => !i.Shielded);
        if (open.Exists(i => i.Leads) || active.Exists(i => i.LeadEscalated))
        {
            return false;
        }

        // In the order in which they came; of one day, in any fixed order.
        open.Sort((a, b) => (a.ActiveSince, a.Organisation.Value, a.InvolvementId).CompareTo((b.ActiveSince, b.Organisation.Value, b.InvolvementId)));
        for (var count = 2; count <= open.Count; count++)
        {
            if (await IsAnyKnownAsync(open[..count], cancellationToken))
            {
                return Same(open[count - 1], involvement);
            }
        }

        return false;
    }

    // There is a match among them.
    private async Task<bool> IsAnyKnownAsync(List<HeldInvolvement> active, CancellationToken cancellationToken)
    {
        foreach (var viewer in active)
        {
            if (await KnowsAnyAsync(viewer, active, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> KnowsAnyAsync(HeldInvolvement viewer, List<HeldInvolvement> holders, CancellationToken cancellationToken)
    {
        foreach (var holder in holders)
        {
            if (viewer.Organisation != holder.Organisation && !(await persistence.DoAsync(
                "visibility", ct => visibilities.OfAsync(viewer, holder, ct).AsTask(), cancellationToken)).IsNone)
            {
                return true;
            }
        }

        return false;
    }

    private static List<HeldInvolvement> Active(IReadOnlyList<HeldInvolvement> all, string purpose) =>
        [.. all.Where(i => i.Active && !i.ForPurposeOnly && i.Purpose == purpose)];

    private static bool Same(HeldInvolvement one, HeldInvolvement other) =>
        one.Organisation == other.Organisation && one.InvolvementId == other.InvolvementId;
}
