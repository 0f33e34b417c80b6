using Keten.PolicyTools.Diff;

namespace Keten.PolicyTools.Visibility;

/// <summary>What a viewer learns of a holder's involvement under one policy and under another.</summary>
/// <param name="Kind">Opens: nothing before, something now.</param>
/// <param name="Before"><c>none</c>, <c>contact</c> or <c>full</c>.</param>
/// <param name="After">The same of the new policy.</param>
/// <param name="AddedFields">Fields of <c>betrokkenheid</c> a match shows now and did not.</param>
/// <param name="RemovedFields">Fields it showed and does not now.</param>
public sealed record MatchChange(ChangeKind Kind, string Before, string After, IReadOnlyList<string> AddedFields, IReadOnlyList<string> RemovedFields)
{
    /// <summary>True when somebody learns what was not told before.</summary>
    public bool IsOpening => Kind is ChangeKind.Opens or ChangeKind.Widens;

    internal string Key => string.Join('|', Kind, Before, After, string.Join(' ', AddedFields), string.Join(' ', RemovedFields));

    /// <summary>Null when nothing changes. Fields tell more than the level's name, which only counts where the fields are the same.</summary>
    internal static MatchChange? Between((string Level, IReadOnlyList<string> Fields) before, (string Level, IReadOnlyList<string> Fields) after)
    {
        string[] added = [.. after.Fields.Except(before.Fields)], removed = [.. before.Fields.Except(after.Fields)];
        return KindOf() is { } kind ? new MatchChange(kind, before.Level, after.Level, added, removed) : null;

        ChangeKind? KindOf() => (before.Level, after.Level) switch
        {
            ("none", not "none") => ChangeKind.Opens,
            (not "none", "none") => ChangeKind.Closes,
            _ when added.Length > 0 => ChangeKind.Widens,
            _ when removed.Length > 0 => ChangeKind.Narrows,
            var (old, changed) when old != changed => ChangeKind.Differs,
            _ => null,
        };
    }
}
