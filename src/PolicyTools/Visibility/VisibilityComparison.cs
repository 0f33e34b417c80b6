namespace Keten.PolicyTools.Visibility;

/// <summary>Asks two policies who learns of whose involvement (entry point <c>keten/matching/level</c>, rules M3 and M4).</summary>
public static class VisibilityComparison
{
    private static readonly bool[] Shielding = [true, false];

    /// <summary>Every purpose (or the one given), viewer and holder type of either register, plain and shielded; what opens first.</summary>
    public static IReadOnlyList<VisibilityChange> Run(LoadedPolicy before, LoadedPolicy after, string? purpose, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var purposes = Ids(before, after, register => register.Purposes);
        var types = Ids(before, after, register => register.OrganisationTypes);
        var found = new List<(string Purpose, string Viewer, string Holder, bool Shielded, MatchChange Change)>();
        foreach (var id in purposes.Where(id => purpose is null || id == purpose))
        {
            cancellationToken.ThrowIfCancellationRequested();
            found.AddRange(
                from viewer in types
                from holder in types
                from shielded in Shielding
                let change = MatchChange.Between(before.VisibilityOf(viewer, holder, id, shielded), after.VisibilityOf(viewer, holder, id, shielded))
                where change is not null
                select (id, viewer, holder, shielded, change));
        }

        return
        [
            .. from item in found
               group item by (item.Purpose, item.Viewer, item.Shielded, item.Change.Key) into alike
               let change = alike.First().Change
               orderby change.Kind, !alike.Key.Shielded, alike.Key.Purpose, alike.Key.Viewer
               select new VisibilityChange(
                   alike.Key.Purpose, alike.Key.Viewer, [.. alike.Select(item => item.Holder).Order(StringComparer.Ordinal)], alike.Key.Shielded, change),
        ];
    }

    private static List<string> Ids(LoadedPolicy before, LoadedPolicy after, Func<PolicyRegister, IReadOnlyList<Named>> entries) =>
        [.. entries(before.Register).Concat(entries(after.Register)).Select(entry => entry.Id).Distinct().Order(StringComparer.Ordinal)];
}
