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

    /// <summary>
    /// Makes one answer of the lines of many, without what would give away that an organisation restricts inspection (R18e, UAVG 41) or shields its
    /// involvement (M4): others' logs have lines that name it, and they do not know.
    /// </summary>
    public static SubjectAnswer Of(
        DateTimeOffset askedAt, IEnumerable<(SubjectSource Source, IReadOnlyList<ProcessingLine> Lines)> parts, IReadOnlyDictionary<string, string> names)
    {
        var given = parts.ToList();
        var ofGateways = given.Where(part => IsGateway(part.Source)).SelectMany(part => part.Lines).Select(line => line.DecisionId).ToHashSet(StringComparer.Ordinal);
        var asked = given.Select(part => part.Source).Where(source => !IsGateway(source)).ToDictionary(source => source.Oin, source => source.State, StringComparer.Ordinal);
        var all = given.ConvertAll(part => (part.Source, Lines: part.Lines.Where(MayStand).ToList()));
        var lines = all.SelectMany(part => part.Lines.Select(line => (part.Source, Line: line))).ToList();
        var entries = lines.Where(l => l.Line.DecisionId.Length > 0).GroupBy(l => l.Line.DecisionId, StringComparer.Ordinal).Select(Merged)
            .Concat(lines.Where(l => l.Line.DecisionId.Length == 0).Select(l => new SubjectEntry(l.Line, [l.Source.Oin])))
            .OrderByDescending(entry => MomentOf(entry.Line)).ThenBy(entry => entry.Line.DecisionId, StringComparer.Ordinal);
        return new SubjectAnswer(askedAt, [.. all.Select(part => AsTold(part.Source, part.Lines.Count))], [.. entries], names);

        // A decision that no gateway shows is withheld there (a shield that only the gateway knows of), whatever the counterparty's log has.
        bool MayStand(ProcessingLine line) => (line.DecisionId.Length == 0 || ofGateways.Contains(line.DecisionId))
            && !IsSilent(line.RequestingOrganisation) && !IsSilent(line.ProvidingOrganisation) && !IsOwnQuestionUnanswered(line);

        // It restricts, or it may: who did not answer has not said that it does not.
        bool IsSilent(string oin) => asked.TryGetValue(oin, out var state) && state is not (SubjectSourceState.Answered or SubjectSourceState.AskThere);

        // Whether an organisation answered such a question before is what tells one that restricts from one that has nothing.
        bool IsOwnQuestionUnanswered(ProcessingLine line) => line.Purpose == SubjectQuestion.Purpose && asked.ContainsKey(line.ProvidingOrganisation)
            && (line.Category == SubjectQuestion.Category || line.Outcome != "disclosed");
    }

    private static bool IsGateway(SubjectSource source) => source.Type == SubjectSource.Gateway;

    // Nothing, left out, and restricted read alike.
    private static SubjectSource AsTold(SubjectSource source, int lines) =>
        source.State == SubjectSourceState.NothingToShow || (source.State == SubjectSourceState.Answered && lines == 0)
            ? source with { State = SubjectSourceState.NothingToShow, Reason = "" } : source;

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
