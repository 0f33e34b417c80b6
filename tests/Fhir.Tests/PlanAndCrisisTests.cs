using System.Net;
using CsCheck;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>Family plans and crisis intakes: as over gRPC, over generated questions; and with a client that nobody here wrote.</summary>
[Collection(nameof(FhirFederation))]
public sealed class PlanAndCrisisTests(FhirFederation running)
{
    private static readonly string[] PlanPurposes = ["veiligheid-beoordelen", "gezinsplan-uitvoeren", "crisis-afstemmen"];

    private int _allowed;
    private int _masked;
    private int _refused;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plans_goals_and_tasks_hold_together_what_the_items_of_gRPC_hold()
    {
        var fields = PlanItem.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name).ToArray();
        var questions = Gen.Select(Gen.Frequency((5, Gen.Const(PlanPurposes[1])), (3, OneOf(PlanPurposes))), Gen.Bool, Gen.Bool.Array[fields.Length], Gen.Int[0, 3]);
        await questions.SampleAsync(async (purpose, consent, wanted, all) =>
        {
            var ask = await PlanAskAsync(purpose, consent) with { Fields = Fields(fields, wanted, all) };
            var grpc = await TryAsync(() => running.Federation.Systems["wijkteam"].Gateway.GetPlanAsync(ask));
            var plans = await SearchAsync<CarePlan, IReadOnlyList<PlanItem>>("wijkteam", "gemeente", ask, grpc, fields.Length);
            var goals = await SearchAsync<Goal, IReadOnlyList<PlanItem>>("wijkteam", "gemeente", ask, grpc, fields.Length);
            var tasks = await SearchAsync<Hl7.Fhir.Model.Task, IReadOnlyList<PlanItem>>("wijkteam", "gemeente", ask, grpc, fields.Length);
            if (grpc.Answer is { } answer)
            {
                Assert.Equal(PlanAndCrisisFacts.Lines(answer.Data), PlanAndCrisisFacts.Lines(plans, goals, tasks));
                Assert.All(plans, p => Assert.Equal(p.Status is not null ? null : answer.Disclosure.Fields.Contains("status") ? "unknown" : "masked", Absent(p.StatusElement!)));
                Assert.All(goals, g => Assert.Equal(g.Description!.Text is not null ? null : answer.Disclosure.Fields.Contains("goal") ? "unknown" : "masked", Absent(g.Description)));
            }
        }, iter: 50, threads: 1);
        AssertVaried();
    }

    [Fact]
    public async Task An_intake_is_the_same_form_and_its_level_the_same_risk()
    {
        var fields = CrisisIntake.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name).ToArray();
        string[] levels = ["red", "red", "orange", "green"];
        var questions = Gen.Select(OneOf(["gemeente", "wijkteam"]), OneOf(levels), Gen.Bool.Array[fields.Length], Gen.Int[0, 3]);
        await questions.SampleAsync(async (caller, level, wanted, all) =>
        {
            var ask = await CrisisAskAsync(caller, level) with { Fields = Fields(fields, wanted, all) };
            var grpc = await TryAsync(() => running.Federation.Systems[caller].Gateway.GetCrisisIntakesAsync(ask));
            var forms = await SearchAsync<QuestionnaireResponse, IReadOnlyList<CrisisIntake>>(caller, "vt", ask, grpc, fields.Length);
            var risks = await SearchAsync<RiskAssessment, IReadOnlyList<CrisisIntake>>(caller, "vt", ask, grpc, fields.Length);
            if (grpc.Answer is { } answer)
            {
                var told = answer.Data.Where(i => i.CalculateSize() > 0).ToList();
                Assert.Equal(told, forms.Select(PlanAndCrisisFacts.IntakeOf));
                Assert.Equal(
                    told.Select((intake, n) => (intake, n)).Where(i => i.intake.HasCrisisLevel).Select(i => (i.intake.CrisisLevel, i.intake.HasReceivedAt ? i.intake.ReceivedAt : null, "QuestionnaireResponse/" + forms[i.n].Id)),
                    risks.Select(r => (r.Prediction.Single().QualitativeRisk!.Coding.Single().Code!, (r.Occurrence as FhirDateTime)?.Value, r.Basis.Single().Reference!)));
            }
        }, iter: 50, threads: 1);
        AssertVaried();
    }

    [Fact]
    public async Task A_FHIR_client_finds_a_plan_by_POST_and_reads_what_it_refers_to()
    {
        var ask = await PlanAskAsync("gezinsplan-uitvoeren", consent: true);
        using var client = running.Client(ask, "wijkteam");
        var found = await client.SearchUsingPostAsync<CarePlan>(new SearchParams("patient:identifier", $"{FhirNames.PseudonymSystem}|{ask.Subject!.Value.Value}"), Stop);
        var plans = found!.Entry.Select(e => (CarePlan)e.Resource!).ToList();
        Assert.Equal(["P-1", "P-0"], plans.Select(p => p.Identifier.Single().Value));
        Assert.Equal((2, 2), (plans[0].Goal.Count, plans[0].Activity.Count));

        var goal = await client.ReadAsync<Goal>(plans[0].Goal[0].Reference!, ct: Stop);
        var tasks = await Task.WhenAll(plans[0].Activity.Select(a => client.ReadAsync<Hl7.Fhir.Model.Task>(a.Reference!.Reference!, ct: Stop)));
        Assert.Equal(("Rust in huis", "veiligheid"), (goal!.Description!.Text, goal.Category[0].Text));
        Assert.Equal(["2026-02-28", "2026-04-30"], tasks.Select(t => t!.Restriction!.Period!.End));
        Assert.All(tasks, t => Assert.Equal("Goal/" + goal.Id, t!.ReasonReference!.Reference));

        // A word of the organisation's own is told as it is, and no code of FHIR is made of it.
        Assert.Equal(("unknown", "in de ijskast"), (Absent(plans[1].StatusElement!), plans[1].GetStringExtension(FhirNames.ExtensionRoot + "status")));
    }

    [Fact]
    public async Task A_purpose_that_may_not_know_the_plans_id_learns_nothing_by_what_hangs_together()
    {
        var ask = await PlanAskAsync("gezinsplan-uitvoeren", consent: true) with { Fields = ["action", "action_status"] };
        using var client = running.Client(ask, "wijkteam");
        var plan = (CarePlan)Assert.Single((await client.SearchAsync<CarePlan>(ct: Stop))!.Entry).Resource!;
        Assert.Equal((0, 3, "masked"), (plan.Goal.Count, plan.Activity.Count, Absent(plan.StatusElement!)));
        Assert.Contains(plan.Meta!.Tag, t => t.Code == "SUBSETTED");
    }

    [Fact]
    public async Task Each_adapter_offers_what_its_ports_have()
    {
        using var http = running.Http("wijkteam");
        Assert.Equal((true, false), (await OffersAsync(http, "gemeente", "CarePlan"), await OffersAsync(http, "gemeente", "RiskAssessment")));
        Assert.Equal((false, true), (await OffersAsync(http, "vt", "CarePlan"), await OffersAsync(http, "vt", "RiskAssessment")));
    }

    [Fact]
    public async Task The_form_of_an_intake_is_about_nobody_and_asks_for_every_field()
    {
        using var http = running.Http("wijkteam");
        var address = $"/{Oin("vt")}/fhir/Questionnaire/{FhirNames.CrisisIntakeForm}";
        var form = FhirJsonDeserializer.DEFAULT.Deserialize<Questionnaire>(await http.GetStringAsync(address, Stop));
        Assert.Equal(CrisisIntake.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name), form.Item.Select(i => i.LinkId));
        Assert.All(form.Item, i => Assert.True(i.Text!.Length > 0 && i.TextElement!.Extension.Single().Extension.Count == 2));

        using var asking = running.Http("wijkteam", await CrisisAskAsync("wijkteam", "red"));
        using var client = new FhirClient(new Uri(running.Federation.GatewayAddress, $"/{Oin("vt")}/fhir/"), asking, new FhirClientSettings { PreferredFormat = ResourceFormat.Xml });
        var answered = (QuestionnaireResponse)(await client.SearchAsync<QuestionnaireResponse>(ct: Stop))!.Entry[0].Resource!;
        Assert.Equal($"{form.Url}|{form.Version}", answered.Questionnaire);

        // Anything near it is a question like any other, or none.
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, $"/{Oin("gemeente")}/fhir/Questionnaire/{FhirNames.CrisisIntakeForm}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, $"/{Oin("vt")}/fhir/Questionnaire/another"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, $"/{Oin("vt")}/fhir/Questionnaire"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(http, address + "?_id=0000000000000000000000000000000000000000"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(http, $"/{Oin("vt")}/fhir/Patient/fhir/Questionnaire/{FhirNames.CrisisIntakeForm}"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string address)
    {
        using var answer = await http.GetAsync(address, Stop);
        return answer.StatusCode;
    }

    private async Task<bool> OffersAsync(HttpClient http, string target, string type)
    {
        var statement = FhirJsonDeserializer.DEFAULT.Deserialize<CapabilityStatement>(await http.GetStringAsync($"/{Oin(target)}/fhir/metadata", Stop));
        return statement.Rest[0].Resource.Any(r => r.Type == type);
    }

    private async Task<Ask> PlanAskAsync(string purpose, bool consent) => new()
    {
        Target = Oin("gemeente"), Subject = await running.PseudonymAsync("noor", "wijkteam"), Purpose = purpose, Actor = "mw-17", ActorRole = "casusregisseur",
        Facts = Facts($$"""{"subject_informed": true, "subject_age": 9, "consent": "{{(consent ? "given" : "refused")}}", "consent_by": ["parent", "guardian", "representative"]}"""),
    };

    private async Task<Ask> CrisisAskAsync(string caller, string level) => new()
    {
        Target = Oin("vt"), Subject = await running.PseudonymAsync("noor", caller), Purpose = "crisis-afstemmen", Actor = "mw-17",
        ActorRole = caller == "gemeente" ? "procesregisseur" : "casusregisseur", Facts = Facts($$"""{"crisis_level": "{{level}}", "invited": true, "subject_age": 9}"""),
    };

    private Oin Oin(string participant) => Contracts.Identifiers.Oin.Parse(running.Scenario.Participant(participant).Oin);

    private async Task<IReadOnlyList<T>> SearchAsync<T, TData>(string caller, string target, Ask ask, (Answer<TData>? Answer, KetenException? Refused) grpc, int fieldCount)
        where T : DomainResource
    {
        using var http = running.Http(caller, ask);
        using var answer = await http.GetAsync($"/{Oin(target)}/fhir/{typeof(T).Name}", Stop);
        var body = await answer.Content.ReadAsStringAsync(Stop);
        if (grpc.Refused is { } refused)
        {
            Assert.False(answer.IsSuccessStatusCode, body);
            Assert.Equal(refused.ReasonCode, FhirJsonDeserializer.DEFAULT.Deserialize<OperationOutcome>(body).Issue[0].Details!.Coding[0].Code);
            _refused++;
            return [];
        }

        Assert.True(answer.IsSuccessStatusCode, body);
        var fields = Disclosure.Parser.ParseFrom(Convert.FromBase64String(Padded(answer.Headers.GetValues(KetenHeaders.Disclosure).Single()))).Fields;
        Assert.Equal(grpc.Answer!.Disclosure.Fields, fields);
        var resources = FhirJsonDeserializer.DEFAULT.Deserialize<Bundle>(body).Entry.Select(e => (T)e.Resource!).ToList();
        Assert.Equal(resources.Count, resources.Select(r => r.Id).Distinct().Count());
        var partial = fields.Count < fieldCount;
        Assert.All(resources, r => Assert.Equal(partial, r.Meta!.Tag.Any(t => t.Code == "SUBSETTED")));
        _allowed++;
        _masked += partial ? 1 : 0;
        return resources;
    }

    private static async Task<(Answer<T>? Answer, KetenException? Refused)> TryAsync<T>(Func<Task<Answer<T>>> ask)
    {
        try
        {
            return (await ask(), null);
        }
        catch (KetenException refused)
        {
            return (null, refused);
        }
    }

    private void AssertVaried() =>
        Assert.True(_allowed > 5 && _masked > 2 && _refused > 5, $"The generated questions were too much alike: {_allowed} answered, {_masked} of them masked, {_refused} refused.");

    private static string[]? Fields(string[] all, bool[] wanted, int which) => which == 0 || !wanted.Any(w => w) ? null : [.. all.Where((_, i) => wanted[i])];

    private static CaseFacts Facts(string json) => CaseFacts.TryParse(json, out var facts, out var fault) ? facts : throw new ArgumentException(fault);

    private static string? Absent(IExtendable element) =>
        element.Extension.SingleOrDefault(e => e.Url == "http://hl7.org/fhir/StructureDefinition/data-absent-reason")?.Value?.ToString();

    private static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Padded(string text) => text.PadRight((text.Length + 3) & ~3, '=');
}
