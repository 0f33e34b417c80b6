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
    /// <summary>The answer, and how many lines are left out because they name an organisation whose store was not given.</summary>
    public async Task<(SubjectAnswer Answer, int Unverified)> ReadAsync(
        SubjectQuestion question, IReadOnlyList<string> logs, IReadOnlyList<(Oin Organisation, string Path)> stores, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var adapters = stores.Select(store => (Source: SourceOf(store.Organisation), Book: BookOf(store, question.Subject, now))).ToList();
        var known = adapters.Select(adapter => adapter.Source.Oin).ToHashSet(StringComparer.Ordinal);

        // A gateway's log does not say who shields an involvement (M4); the organisations' own databases do.
        var shields = adapters.Where(adapter => adapter.Book.Shielded).Select(adapter => adapter.Source.Oin).ToHashSet(StringComparer.Ordinal);
        var parts = new List<(SubjectSource, IReadOnlyList<ProcessingLine>)>();
        foreach (var log in logs)
        {
            var source = new SubjectSource("", log, SubjectSource.Gateway, SubjectSourceState.Answered);
            parts.Add((source, await ShownAsync(question, LinesOf(log, question.Subject, shields, known, now), cancellationToken)));
        }

        foreach (var (source, book) in adapters)
        {
            var state = book.Shielded ? SubjectSourceState.NothingToShow : SubjectSourceState.Answered;
            parts.Add((source with { State = state }, await ShownAsync(question, book.Lines, cancellationToken)));
        }

        var (verified, unverified) = Verified(parts, known);
        return (SubjectAnswer.Of(now, verified.Concat(participants.Values
            .Where(p => p.OrganisationType != SubjectQuestion.Portal && adapters.All(a => a.Source.Oin != p.Oin.Value))
            .Select(p => (SourceOf(p.Oin) with { State = SubjectSourceState.NoAnswer, Reason = "NO_FILE" }, (IReadOnlyList<ProcessingLine>)[]))),
            participants.ToDictionary(p => p.Key, p => p.Value.Name, StringComparer.Ordinal)), unverified);
    }

    // Whether an organisation shields its involvement stands in its own store alone: without that, no line that names it is shown.
    private (List<(SubjectSource Source, IReadOnlyList<ProcessingLine> Lines)> Parts, int Unverified) Verified(
        List<(SubjectSource Source, IReadOnlyList<ProcessingLine> Lines)> parts, HashSet<string> stores)
    {
        var unverified = parts.SelectMany(part => part.Lines).Where(line => !IsVerified(line)).ToList();
        return (parts.ConvertAll(part => (part.Source, (IReadOnlyList<ProcessingLine>)[.. part.Lines.Where(IsVerified)])),
            unverified.Count(line => line.DecisionId.Length == 0) + unverified.Select(line => line.DecisionId).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal).Count());

        bool IsVerified(ProcessingLine line) => IsKnown(line.RequestingOrganisation) && IsKnown(line.ProvidingOrganisation);

        bool IsKnown(string oin) => oin.Length == 0 || stores.Contains(oin)
            || (participants.TryGetValue(oin, out var participant) && participant.OrganisationType == SubjectQuestion.Portal);
    }

    private SubjectSource SourceOf(Oin oin) => participants.TryGetValue(oin.Value, out var participant)
        ? new SubjectSource(oin.Value, participant.Name, participant.OrganisationType, SubjectSourceState.Answered)
        : throw new CliException($"--adapter-store: {oin.Value} is not in the participants file; its type decides what may be shown");

    private PersonLogbook BookOf((Oin Organisation, string Path) store, Pseudonym subject, DateTimeOffset now) =>
        !File.Exists(store.Path) ? throw new CliException($"--adapter-store: there is no file {store.Path}")
        : LogbookFile.Read(store.Path, store.Organisation, SourceOf(store.Organisation).Type, subject, now);

    private List<(ProcessingLine Line, LoggedLine Question)> LinesOf(string log, Pseudonym subject, HashSet<string> shields, HashSet<string> known, DateTimeOffset now)
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

        // A gateway has no involvement to shield.
        known.UnionWith(decisions.Where(d => d.Target?.OrganisationType == SubjectSource.Gateway).Select(d => d.Target.Oin));
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
