using Keten.PolicyTools.Visibility;
using Keten.Protocol.V1;

namespace Keten.PolicyTools.Replay;

/// <summary>
/// Who would learn of whom by another policy, among the organisations that reported the same person under the same index purpose (M2). The log
/// does not say which reports were shielded or have ended since, so the numbers are the most it can be.
/// </summary>
internal sealed class MatchReplay(LoadedPolicy changed, IReadOnlyDictionary<string, LoadedPolicy> own)
{
    private const string Intake = "intake";

    private readonly Dictionary<(string Person, string Purpose), Dictionary<string, (string Type, string Revision)>> _reports = [];

    /// <summary>Takes a report that was allowed; passes over the rest.</summary>
    public void Add(DecisionRecord record)
    {
        if (record is not { EnforcementPoint: Intake, Allowed: true, Caller: { } reporter } || record.Subject.Length == 0)
        {
            return;
        }

        var key = (record.Subject, record.Purpose);
        if (!_reports.TryGetValue(key, out var involved))
        {
            _reports.Add(key, involved = new(StringComparer.Ordinal));
        }

        involved[reporter.Oin] = (reporter.OrganisationType, record.PolicyRevision);
    }

    /// <summary>What would change, what opens first; and how many pairs are of a revision that is not at hand.</summary>
    public (IReadOnlyList<MatchFlip> Flips, int Pairs, int NotAtHand) Report()
    {
        var (pairs, notAtHand) = (0, 0);
        var found = new List<(string Viewer, string ViewerType, string Holder, string HolderType, string Purpose, MatchChange Change)>();
        foreach (var ((_, purpose), involved) in _reports)
        {
            foreach (var (viewer, (viewerType, viewerRevision)) in involved)
            {
                foreach (var (holder, (holderType, holderRevision)) in involved.Where(other => other.Key != viewer))
                {
                    pairs++;
                    // The match came into being when the later of the two was reported; either revision tells of that time.
                    if (!own.TryGetValue(holderRevision, out var then) && !own.TryGetValue(viewerRevision, out then))
                    {
                        notAtHand++;
                    }
                    else if (MatchChange.Between(
                        then.VisibilityOf(viewerType, holderType, purpose, shielded: false), changed.VisibilityOf(viewerType, holderType, purpose, shielded: false)) is { } change)
                    {
                        found.Add((viewer, viewerType, holder, holderType, purpose, change));
                    }
                }
            }
        }

        return (Group(found), pairs, notAtHand);
    }

    private static List<MatchFlip> Group(List<(string Viewer, string ViewerType, string Holder, string HolderType, string Purpose, MatchChange Change)> found) =>
    [
        .. from item in found
           group item by (item.Viewer, item.ViewerType, item.Holder, item.HolderType, item.Purpose, item.Change.Key) into alike
           let change = alike.First().Change
           orderby change.Kind, alike.Key.Purpose, alike.Key.Viewer, alike.Key.Holder
           select new MatchFlip(alike.Key.Viewer, alike.Key.ViewerType, alike.Key.Holder, alike.Key.HolderType, alike.Key.Purpose, change, alike.Count()),
    ];
}
