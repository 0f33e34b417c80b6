namespace Keten.PolicyTools.Diff;

/// <summary>How the answer to one question changed between two policies.</summary>
/// <param name="Kind">The gravest of what changed.</param>
/// <param name="Before">For instance <c>deny CALLER_NOT_INVOLVED</c>.</param>
/// <param name="After">The same of the new policy.</param>
/// <param name="AddedFields">Fields given now and not before.</param>
/// <param name="RemovedFields">Fields given before and not now.</param>
/// <param name="AddedObligations">Obligations that come with it now and did not.</param>
/// <param name="RemovedObligations">Obligations that came with it and do not now.</param>
public sealed record AnswerChange(
    ChangeKind Kind,
    string Before,
    string After,
    IReadOnlyList<string> AddedFields,
    IReadOnlyList<string> RemovedFields,
    IReadOnlyList<string> AddedObligations,
    IReadOnlyList<string> RemovedObligations)
{
    /// <summary>True when somebody gets what was not to be had before, or gets it on easier terms.</summary>
    public bool IsOpening => Kind is ChangeKind.Opens or ChangeKind.Widens;

    /// <summary>Alike for changes that are the same in everything.</summary>
    internal string Key => string.Join('|',
        Kind, Before, After, string.Join(' ', AddedFields), string.Join(' ', RemovedFields), string.Join(' ', AddedObligations), string.Join(' ', RemovedObligations));

    /// <summary>True when this is the other change, or a part of it.</summary>
    internal bool IsLessThan(AnswerChange other) => Kind == other.Kind && Before == other.Before && After == other.After
        && !AddedFields.Except(other.AddedFields).Any() && !RemovedFields.Except(other.RemovedFields).Any()
        && !AddedObligations.Except(other.AddedObligations).Any() && !RemovedObligations.Except(other.RemovedObligations).Any();

    /// <summary>Compares two answers to the same question; null when nothing a person would notice changed.</summary>
    public static AnswerChange? Between(PolicyAnswer before, PolicyAnswer after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before == after)
        {
            return null;
        }

        string[] addedFields = [.. after.Fields.Except(before.Fields)], removedFields = [.. before.Fields.Except(after.Fields)];
        string[] addedObligations = [.. after.Obligations.Except(before.Obligations)], removedObligations = [.. before.Obligations.Except(after.Obligations)];
        return KindOf() is { } kind
            ? new AnswerChange(kind, Describe(before), Describe(after), addedFields, removedFields, addedObligations, removedObligations)
            : null;

        ChangeKind? KindOf() => (before.Allow, after.Allow) switch
        {
            (false, true) => ChangeKind.Opens,
            (true, false) => ChangeKind.Closes,
            (true, true) when addedFields.Length > 0 || removedObligations.Any(id => !IsTerm(id)) || KeptLonger(before, after) => ChangeKind.Widens,
            (true, true) when removedFields.Length > 0 || addedObligations.Any(id => !IsTerm(id)) || KeptLonger(after, before) => ChangeKind.Narrows,
            _ when before.ReasonCode != after.ReasonCode || before.CallerCode != after.CallerCode || before.BreakGlass != after.BreakGlass
                || !before.LegalBasis.SequenceEqual(after.LegalBasis) || !before.Fields.SequenceEqual(after.Fields)
                || addedObligations.Length + removedObligations.Length > 0 => ChangeKind.Differs,
            _ => null,
        };
    }

    // The term stands in the obligation as well as in the retention; it is compared as a number, once.
    private static bool IsTerm(string obligation) => obligation.StartsWith("delete-after:", StringComparison.Ordinal);

    // 0 is no term at all.
    private static bool KeptLonger(PolicyAnswer before, PolicyAnswer after) =>
        before.RetentionDays != 0 && (after.RetentionDays == 0 || after.RetentionDays > before.RetentionDays);

    private static string Describe(PolicyAnswer answer) => answer.Allow ? "allow" + (answer.BreakGlass ? " (break-glass)" : "") : $"deny {answer.ReasonCode}";
}
