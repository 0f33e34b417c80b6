using Keten.PolicyTools.Diff;
using Keten.PolicyTools.Visibility;

namespace Keten.Cli.Policy;

/// <summary>Changes in words, alike wherever they are shown.</summary>
internal static class Words
{
    public static string Of(ChangeKind kind) => kind switch
    {
        ChangeKind.Opens => "OPENS: refused before, allowed now",
        ChangeKind.Widens => "WIDENS: more fields, an obligation less, or kept longer",
        ChangeKind.Closes => "CLOSES: allowed before, refused now",
        ChangeKind.Narrows => "NARROWS: fewer fields, an obligation more, or kept shorter",
        _ => "DIFFERS: another reason or legal basis, neither more nor less",
    };

    public static string Of(AnswerChange change) => string.Join("; ", new[]
    {
        change.Before == change.After ? change.Before : $"{change.Before} -> {change.After}",
        List("fields added", change.Kind == ChangeKind.Opens ? [] : change.AddedFields), List("fields removed", change.Kind == ChangeKind.Closes ? [] : change.RemovedFields),
        change.Kind == ChangeKind.Opens ? List("fields", change.AddedFields) : "",
        List("obligations added", change.Kind == ChangeKind.Opens ? [] : change.AddedObligations), List("obligations removed", change.Kind == ChangeKind.Closes ? [] : change.RemovedObligations),
    }.Where(text => text.Length > 0));

    public static string Of(MatchChange change) => string.Join("; ", new[]
    {
        change.Before == change.After ? change.Before : $"{change.Before} -> {change.After}",
        List(change.Kind == ChangeKind.Opens ? "fields" : "fields added", change.AddedFields),
        List("fields removed", change.Kind == ChangeKind.Closes ? [] : change.RemovedFields),
    }.Where(text => text.Length > 0));

    private static string List(string what, IReadOnlyList<string> items) => items.Count == 0 ? "" : $"{what}: {string.Join(", ", items)}";
}
