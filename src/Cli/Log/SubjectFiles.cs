using Keten.Adapters.Sdk.Logbook;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Own;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary>The same answer from files alone: gateways' logs and adapters' databases. What may be shown is asked of the policy, as online.</summary>
internal sealed class SubjectFiles(WasmPolicyEngine policy, IReadOnlyDictionary<string, Participant> participants)
{
    public async Task<SubjectAnswer> ReadAsync(
        SubjectQuestion question, IReadOnlyList<string> logs, IReadOnlyList<(Oin Organisation, string Path)> stores, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var adapters = stores.Select(store => (Source: SourceOf(store.Organisation), Lines: LinesOf(store, question.Subject, now))).ToList();

        // A gateway's log does not say who shields an involvement (M4); the organisations' own databases do.
        var shields = adapters.Where(adapter => adapter.Lines.Any(line => line.Question.Shielded)).Select(adapter => adapter.Source.Oin).ToHashSet(StringComparer.Ordinal);
        var parts = new List<(SubjectSource, IReadOnlyList<ProcessingLine>)>();
        foreach (var log in logs)
        {
            var source = new SubjectSource("", log, "gateway", SubjectSourceState.Answered);
            parts.Add((source, await ShownAsync(question, LinesOf(log, question.Subject, shields, now), cancellationToken)));
        }

        foreach (var (source, lines) in adapters)
        {
            parts.Add((source, await ShownAsync(question, lines, cancellationToken)));
        }

        return SubjectAnswer.Of(now, parts.Concat(participants.Values
            .Where(p => p.OrganisationType != SubjectQuestion.Portal && adapters.All(a => a.Source.Oin != p.Oin.Value))
            .Select(p => (SourceOf(p.Oin) with { State = SubjectSourceState.NoAnswer, Reason = "NO_FILE" }, (IReadOnlyList<ProcessingLine>)[]))),
            participants.ToDictionary(p => p.Key, p => p.Value.Name, StringComparer.Ordinal));
    }

    private SubjectSource SourceOf(Oin oin) => participants.TryGetValue(oin.Value, out var participant)
        ? new SubjectSource(oin.Value, participant.Name, participant.OrganisationType, SubjectSourceState.Answered)
        : throw new CliException($"--adapter-store: {oin.Value} is not in the participants file; its type decides what may be shown");

    private List<(ProcessingLine Line, LoggedLine Question)> LinesOf((Oin Organisation, string Path) store, Pseudonym subject, DateTimeOffset now) =>
        !File.Exists(store.Path) ? throw new CliException($"--adapter-store: there is no file {store.Path}")
        : [.. LogbookFile.Read(store.Path, store.Organisation, SourceOf(store.Organisation).Type, subject, now)];

    private List<(ProcessingLine Line, LoggedLine Question)> LinesOf(string log, Pseudonym subject, HashSet<string> shields, DateTimeOffset now)
    {
        var decisions = new List<DecisionRecord>();
        var outcomes = new Dictionary<string, OutcomeRecord>(StringComparer.Ordinal);
        foreach (var record in DecisionLogReader.Read(log))
        {
            if (record.Decision is { } decision && decision.Subject == subject.Value && DecisionLogLines.IsAboutPerson(decision))
            {
                decisions.Add(decision);
            }
            else if (record.Outcome is { } outcome && decisions.Exists(d => d.DecisionId == outcome.DecisionId))
            {
                outcomes[outcome.DecisionId] = outcome;
            }
        }

        return [.. decisions.Select(d => (DecisionLogLines.Of(d, outcomes.GetValueOrDefault(d.DecisionId)), new LoggedLine(
            TypeOf(d.Caller), d.Target is null ? "" : TypeOf(d.Target), d.Purpose, d.Category, DecisionLogLines.IsUninformed(d),
            shields.Contains(d.Caller?.Oin ?? "") || shields.Contains(d.Target?.Oin ?? ""), (int)(now - d.DecidedAt.ToDateTimeOffset()).TotalDays)))];
    }

    private string? TypeOf(Party? party) =>
        party is { OrganisationType.Length: > 0 } ? party.OrganisationType : participants.GetValueOrDefault(party?.Oin ?? "")?.OrganisationType;

    private async Task<IReadOnlyList<ProcessingLine>> ShownAsync(
        SubjectQuestion question, IEnumerable<(ProcessingLine Line, LoggedLine Question)> lines, CancellationToken cancellationToken)
    {
        var shown = new List<ProcessingLine>();
        foreach (var (line, about) in lines)
        {
            var decision = await policy.DecideAsync(
                new PolicyInput
                {
                    Caller = new PolicyParty("", SubjectQuestion.Portal, "active"), Target = PolicyParty.Gateway, ActorRole = question.Role, Purpose = SubjectQuestion.Purpose,
                    Category = SubjectQuestion.Category, Action = "read", Facts = question.Facts, Logged = about, Time = "",
                },
                cancellationToken);
            if (decision.Allow)
            {
                line.ClearProfessional();
                shown.Add(line);
            }
            else if (decision.Rule != "R18f")
            {
                throw new CliException($"{decision.ReasonCode}: {decision.CallerTextEn}");
            }
        }

        return shown;
    }
}
