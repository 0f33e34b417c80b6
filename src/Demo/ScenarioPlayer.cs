using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Demo.Layouts;
using Keten.Protocol.V1;

namespace Keten.Demo;

/// <summary>Plays a scenario's events, in order, at the time of the story, through the real thing, and says what each came to.</summary>
public sealed class ScenarioPlayer(Scenario scenario, Federation federation)
{
    private static readonly string[] NotAsserted = [.. SourceData.TargetFacts, "break_glass", "shielded"];

    private readonly Dictionary<Reported, string> _involvements = [];
    private readonly HashSet<Reported> _unopenedCases = [];
    private readonly MatchBoard _board = new(scenario, federation);
    private readonly DecisionLookup _decisions = new(federation);

    /// <summary>Plays all events. Each result is final when the last has been yielded: a match that nobody expected may arrive late.</summary>
    public async IAsyncEnumerable<StepResult> PlayAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var step in scenario.Events)
        {
            federation.SetTime(step.At);
            var started = Stopwatch.GetTimestamp();
            var result = step.Kind switch
            {
                "call" => await CallAsync(step, cancellationToken),
                "involvement-started" => await ReportAsync(step, Change.Started, cancellationToken),
                "involvement-ended" => await ReportAsync(step, Change.Ended, cancellationToken),
                _ => SkippedCase(step),
            };
            result.Milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            yield return result;
        }
    }

    /// <summary>Waits until nothing more arrives and gives every match that came unexpected to the step it came with.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => _board.SettleAsync(cancellationToken);

    /// <summary>Decisions in the gateway's log.</summary>
    public int CountDecisions() => _decisions.Count();

    private static StepResult Skipped(ScenarioEvent step, string why) => new() { Step = step, Outcome = "skipped", Reason = why };

    private StepResult SkippedCase(ScenarioEvent step)
    {
        _unopenedCases.Add(new Reported(step.By.Organisation, step.Person!, step.Purpose));
        return Skipped(step, "no service yet: a case accepted by a Care and Safety House");
    }

    private async Task<StepResult> ReportAsync(ScenarioEvent step, Change change, CancellationToken cancellationToken)
    {
        var system = federation.Systems[step.By.Organisation];
        var reported = new Reported(step.By.Organisation, step.Person!, step.Purpose);
        var result = new StepResult { Step = step, Outcome = "", Reason = "" };
        _board.Begin(result);
        var response = await system.ReportAsync(
            new ReportInvolvementRequest
            {
                ClientId = SourceData.ClientId(step.By.Organisation, step.Person!),
                Change = change,
                InvolvementId = change == Change.Started ? "" : _involvements.GetValueOrDefault(reported, ""),
                Purpose = step.Purpose,
                Actor = "medewerker-1",
                ActorRole = step.By.Role,
                Involvement = InvolvementOf(step, change),
                AssertedFacts = ByteString.CopyFrom(FactsOf(step).Json.Span),
                Shielded = Flag(step, "shielded"),
                Fields = { step.RequestedFields ?? [] },
            },
            cancellationToken);
        var receipt = await _board.ReceiptAsync(step.By.Organisation, response.InvolvementId, response.Version, cancellationToken);
        if (receipt.Accepted)
        {
            _involvements[reported] = response.InvolvementId;
            await _board.ExpectedMatchesAsync(result, cancellationToken);
        }

        var record = _decisions.AtGateway(receipt.DecisionId);
        var final = result with
        {
            Outcome = receipt.Accepted ? "allow" : "deny",
            Reason = record.ReasonCode,
            CallerCode = receipt.ReasonCode,
            Fields = record.Fields,
            Obligations = receipt.Obligations,
            LegalBasis = record.LegalBasis,
        };
        _board.Begin(final);
        return final;
    }

    private Involvement InvolvementOf(ScenarioEvent step, Change change)
    {
        var system = federation.Systems[step.By.Organisation].Participant;
        var day = step.At.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return change == Change.Ended
            ? new Involvement { EndedOn = day, Status = "ended" }
            : new Involvement
            {
                ContactDesk = $"Matchpunt {system.Name}", ContactPhone = "088-0000000", ContactProfessional = step.By.Role, StartedOn = day, Status = "active",
            };
    }

    private async Task<StepResult> CallAsync(ScenarioEvent step, CancellationToken cancellationToken)
    {
        var atGateway = step.Target == "gateway";
        if (Caller(step) is not { } call || atGateway != (step.Category == "sociale-kaart"))
        {
            return Skipped(step, $"no service yet: {step.Category} {step.Operation}{(step.Target == "gateway" ? " at the gateway" : "")}");
        }

        if (step.Person is { } subject && _unopenedCases.Contains(new Reported(step.By.Organisation, subject, step.Purpose)))
        {
            return Skipped(step, "rests on a case that was skipped");
        }

        if (!atGateway)
        {
            await TellTargetAsync(step, cancellationToken);
        }

        var system = federation.Systems[step.By.Organisation];
        var ask = new Ask
        {
            Target = atGateway ? Federation.GatewayOin : Oin.Parse(scenario.Participant(step.Target!).Oin),
            Subject = step.Person is { } person ? await system.PseudonymOfAsync(scenario.Person(person), cancellationToken) : null,
            Purpose = step.Purpose,
            Actor = "medewerker-1",
            ActorRole = step.By.Role,
            Facts = FactsOf(step),
            Fields = step.RequestedFields,
            Justification = step.Facts?.TryGetValue("break_glass", out var glass) == true && glass.TryGetProperty("justification", out var why) ? why.GetString() : null,
        };
        try
        {
            var (disclosure, data) = await call(system.Gateway, ask, cancellationToken);
            return new StepResult
            {
                Step = step, Outcome = "allow", Reason = disclosure.ReasonCode, CallerCode = disclosure.ReasonCode, Fields = disclosure.Fields,
                Obligations = disclosure.Obligations, LegalBasis = disclosure.LegalBasis, Data = data,
            };
        }
        catch (KetenException refused)
        {
            return new StepResult
            {
                Step = step, Outcome = "deny", Reason = _decisions.ExactReason(refused, federation.Systems.GetValueOrDefault(step.Target!)), CallerCode = refused.ReasonCode,
                CallerText = refused.DutchMessage,
            };
        }
    }

    private static Func<KetenClient, Ask, CancellationToken, Task<(Disclosure, System.Text.Json.Nodes.JsonObject?)>>? Caller(ScenarioEvent step) =>
        (step.Category, step.Operation) switch
        {
            ("naw", "read") => async (gateway, ask, token) => await gateway.GetPersonAsync(ask, token) is var a ? (a.Disclosure, MessageJson.Of(a.Data)) : default,
            ("naw", "subscribe") => async (gateway, ask, token) => await FirstAsync(gateway.WatchPersonAsync(ask, token)) is var a ? (a.Disclosure, MessageJson.Of(a.Data)) : default,
            ("naw", "update") => async (gateway, ask, token) =>
                await gateway.CorrectPersonAsync(ask, Correction(step), token) is var a ? (a.Disclosure, null) : default,
            ("gezinssamenstelling", "read") => async (gateway, ask, token) =>
                await gateway.GetHouseholdAsync(ask, token) is var a ? (a.Disclosure, MessageJson.OfFirst(a.Data)) : default,
            ("gezinssamenstelling", "subscribe") => async (gateway, ask, token) =>
                await FirstAsync(gateway.WatchHouseholdAsync(ask, token)) is var a ? (a.Disclosure, MessageJson.OfFirst(a.Data)) : default,
            ("betrokkenheid", "read") => async (gateway, ask, token) =>
                await gateway.GetInvolvementAsync(ask, token) is var a ? (a.Disclosure, MessageJson.OfFirst(a.Data)) : default,
            ("plan", "read") => async (gateway, ask, token) =>
                await gateway.GetPlanAsync(ask, token) is var a ? (a.Disclosure, MessageJson.OfFirst(a.Data)) : default,
            ("crisis-intake", "read") => async (gateway, ask, token) =>
                await gateway.GetCrisisIntakesAsync(ask, token) is var a ? (a.Disclosure, MessageJson.OfFirst(a.Data)) : default,
            ("verwerkingen-log", "read") => async (gateway, ask, token) =>
                await gateway.ListProcessingAsync(ask, new ListProcessingRequest(), token) is var a ? (a.Disclosure, MessageJson.OfFirst(a.Data)) : default,
            ("sociale-kaart", "search") => async (gateway, ask, token) =>
                await gateway.SearchOrganisationsAsync(ask, new SearchOrganisationsRequest(), token) is var a ? (a.Disclosure, null) : default,
            ("overleg", "convene") => async (gateway, ask, token) =>
                await gateway.ConveneAsync(ask, Invitation(step), token) is var a ? (a.Disclosure, null) : default,
            _ => null,
        };

    private static async Task<Answer<T>> FirstAsync<T>(IAsyncEnumerable<Answer<T>> answers)
    {
        await foreach (var answer in answers)
        {
            return answer;
        }

        throw new InvalidOperationException("A subscription ended without its first message.");
    }

    /// <summary>A message that sets what the step says it carries.</summary>
    private static Person Correction(ScenarioEvent step) => MessageJson.Filled<Person>(step.RequestedFields ?? ["phone"]);

    private static Conference Invitation(ScenarioEvent step) =>
        MessageJson.Filled<Conference>(step.RequestedFields ?? ["conference_id", "conference_type", "planned_at", "safety_on_agenda"]);

    /// <summary>What the target alone knows, at this point of the story, stands in the target's own system.</summary>
    private async Task TellTargetAsync(ScenarioEvent step, CancellationToken cancellationToken)
    {
        var target = federation.Systems[step.Target!];
        await DemoLayout.For(target.Participant.Type).SetRestrictionsAsync(
            target.SourceDatabase, SourceData.ClientId(step.Target!, step.Person!), Flag(step, "inspection_restricted"), Flag(step, "child_objects"), cancellationToken);
    }

    /// <summary>What the caller asserts; the age is counted, not written in the scenario.</summary>
    public CaseFacts FactsOf(ScenarioEvent step)
    {
        var facts = (step.Facts ?? new Dictionary<string, JsonElement>())
            .Where(f => !NotAsserted.Contains(f.Key, StringComparer.Ordinal)).ToDictionary(f => f.Key, f => (object)f.Value, StringComparer.Ordinal);
        if (step.Person is not null)
        {
            facts.TryAdd("subject_age", Keten.Adapters.Sdk.Disclosure.Age.On(
                scenario.Person(step.Person).BirthDate, DateOnly.FromDateTime(step.At.UtcDateTime)));
        }

        return CaseFacts.TryParse(JsonSerializer.SerializeToUtf8Bytes(facts), out var parsed, out var fault) ? parsed
            : throw new ScenarioException($"{scenario.Id} {step.Id}: facts: expected {fault}");
    }

    private static bool Flag(ScenarioEvent step, string name) =>
        step.Facts?.TryGetValue(name, out var value) == true && value.ValueKind == JsonValueKind.True;
}
