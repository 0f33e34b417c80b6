using System.Globalization;
using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary>"Who saw what about me, when, why, on what ground", gathered from everybody who answers.</summary>
/// <param name="AskedAt">The moment; nothing after it is in the answer.</param>
/// <param name="Sources">Everybody who was asked, and what came of it.</param>
/// <param name="Entries">Newest first; a decision that stands in several logs is one.</param>
/// <param name="Names">Names of organisations by OIN, of who asks as well.</param>
internal sealed record SubjectAnswer(
    DateTimeOffset AskedAt, IReadOnlyList<SubjectSource> Sources, IReadOnlyList<SubjectEntry> Entries, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>Everybody who answers through the federation did.</summary>
    public bool IsComplete => Sources.All(source => source.State is not (SubjectSourceState.NoAnswer or SubjectSourceState.Refused));

    /// <summary>Makes one answer of the lines of many.</summary>
    public static SubjectAnswer Of(
        DateTimeOffset askedAt, IEnumerable<(SubjectSource Source, IReadOnlyList<ProcessingLine> Lines)> parts, IReadOnlyDictionary<string, string> names)
    {
        var all = parts.ToList();
        var lines = all.SelectMany(part => part.Lines.Select(line => (part.Source, Line: line))).ToList();
        var entries = lines.Where(l => l.Line.DecisionId.Length > 0).GroupBy(l => l.Line.DecisionId, StringComparer.Ordinal).Select(Merged)
            .Concat(lines.Where(l => l.Line.DecisionId.Length == 0).Select(l => new SubjectEntry(l.Line, [l.Source.Oin])))
            .OrderByDescending(entry => MomentOf(entry.Line)).ThenBy(entry => entry.Line.DecisionId, StringComparer.Ordinal);
        return new SubjectAnswer(askedAt, [.. all.Select(part => part.Source)], [.. entries], names);
    }

    public static DateTimeOffset MomentOf(ProcessingLine line) => DateTimeOffset.Parse(line.OccurredAt, CultureInfo.InvariantCulture);

    // What was seen counts: a log that says so outweighs one that says it failed, and any that knows outweighs one that does not.
    private static SubjectEntry Merged(IGrouping<string, (SubjectSource Source, ProcessingLine Line)> decision) => new(
        decision.Select(l => l.Line).MaxBy(line => Weight(line.Outcome))!, [.. decision.Select(l => l.Source.Oin).Distinct(StringComparer.Ordinal)]);

    private static int Weight(string outcome) => outcome switch
    {
        "disclosed" or "delivered" or "received" => 3,
        "failed" => 2,
        "refused" => 1,
        _ => 0,
    };
}
