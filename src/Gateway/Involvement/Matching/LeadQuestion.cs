using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Involvement.Matching;

/// <summary>
/// Rule M7: the first match of a person asks who has the lead. Only those who were told of another are asked: the question itself says that there
/// is one.
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

        var active = Active(transition.All, own.Purpose);
        var others = active.FindAll(i => !ReferenceEquals(i, own) && !Same(i, own));
        if (active.Exists(i => i.Leads) || (await KnowingAsync(others, cancellationToken)).Count > 0)
        {
            return [];
        }

        return await KnowingAsync(active, cancellationToken);
    }

    /// <summary>This involvement made the first match, and still nobody has the lead, and that was not passed on yet.</summary>
    public async Task<bool> IsUnansweredAsync(
        IReadOnlyList<HeldInvolvement> all, HeldInvolvement involvement, CancellationToken cancellationToken)
    {
        var active = Active(all, involvement.Purpose);
        if (active.Exists(i => i.Leads || i.LeadEscalated))
        {
            return false;
        }

        // In the order in which they came; of one day, in any fixed order.
        active.Sort((a, b) => (a.ActiveSince, a.Organisation.Value, a.InvolvementId).CompareTo((b.ActiveSince, b.Organisation.Value, b.InvolvementId)));
        for (var count = 2; count <= active.Count; count++)
        {
            if ((await KnowingAsync(active[..count], cancellationToken)).Count > 0)
            {
                return Same(active[count - 1], involvement);
            }
        }

        return false;
    }

    // Those who may know of at least one of the others.
    private async Task<List<HeldInvolvement>> KnowingAsync(List<HeldInvolvement> active, CancellationToken cancellationToken)
    {
        var knowing = new List<HeldInvolvement>();
        foreach (var viewer in active)
        {
            foreach (var holder in active)
            {
                if (viewer.Organisation != holder.Organisation && !(await persistence.DoAsync(
                    "visibility", ct => visibilities.OfAsync(viewer, holder, ct).AsTask(), cancellationToken)).IsNone)
                {
                    knowing.Add(viewer);
                    break;
                }
            }
        }

        return knowing;
    }

    private static List<HeldInvolvement> Active(IReadOnlyList<HeldInvolvement> all, string purpose) =>
        [.. all.Where(i => i.Active && !i.ForPurposeOnly && i.Purpose == purpose)];

    private static bool Same(HeldInvolvement one, HeldInvolvement other) =>
        one.Organisation == other.Organisation && one.InvolvementId == other.InvolvementId;
}
