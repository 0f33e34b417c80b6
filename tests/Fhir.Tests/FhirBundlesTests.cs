using System.Net;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.DecisionLog;
using Keten.Demo;
using Keten.Protocol.V1;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>One request that is several questions: each is decided and recorded by itself, and what fails is told in its place.</summary>
[Collection(nameof(FhirFederation))]
public sealed class FhirBundlesTests(FhirFederation running)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Gemeente => running.Scenario.Participant("gemeente").Oin;

    [Theory]
    [InlineData("RelatedPerson", "_include=RelatedPerson:patient", "Patient")]
    [InlineData("EpisodeOfCare", "_include=EpisodeOfCare:patient", "Patient")]
    [InlineData("Patient", "_revinclude=RelatedPerson:patient", "RelatedPerson")]
    [InlineData("Patient", "_revinclude=EpisodeOfCare:patient", "EpisodeOfCare")]
    public async Task What_comes_along_is_decided_and_recorded_by_itself(string type, string include, string included)
    {
        var before = Decisions().Count;
        using var client = running.Client(await running.SafetyAsync());
        var bundle = Assert.IsType<Bundle>(await client.GetAsync($"{type}?{include}", Stop));
        Assert.Equal([type], Types(bundle, Bundle.SearchEntryMode.Match));
        Assert.Equal([included], Types(bundle, Bundle.SearchEntryMode.Include));
        Assert.Contains(include, bundle.SelfLink!.ToString(), StringComparison.Ordinal);

        var decisions = Decisions().Skip(before).ToList();
        Assert.Equal(2, decisions.Count);
        Assert.Single(decisions.Select(d => d.TransactionId).Distinct());
        var entry = bundle.Entry.Find(e => e.Search!.Mode == Bundle.SearchEntryMode.Include)!;
        Assert.Equal(decisions[1].DecisionId, entry.GetExtensionValue<Id>(FhirNames.ExtensionRoot + "decision")!.Value);
    }

    [Fact]
    public async Task In_the_form_of_a_post_it_is_the_same_and_every_answer_has_its_terms()
    {
        var ask = await running.SafetyAsync();
        using var http = running.Http(ask: ask);
        using var content = new StringContent(
            $"patient%3Aidentifier={Uri.EscapeDataString($"{FhirNames.PseudonymSystem}|{ask.Subject!.Value.Value}")}&_include=RelatedPerson%3Apatient&_count=1", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await http.PostAsync("RelatedPerson/_search?_format=xml", content, Stop);
        var bundle = FhirXmlDeserializer.DEFAULT.Deserialize<Bundle>(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal(["RelatedPerson", "Patient"], bundle.Entry.Select(e => e.Resource!.TypeName));
        Assert.Contains("_include=RelatedPerson:patient", bundle.NextLink!.ToString(), StringComparison.Ordinal);
        var terms = Terms(bundle);
        Assert.Equal(2, terms.Count);
        Assert.Equal(terms[0].DecisionId, Disclosure.Parser.ParseFrom(Convert.FromBase64String(Padded(answer.Headers.GetValues(KetenHeaders.Disclosure).Single()))).DecisionId);
        Assert.Equal(terms[1].DecisionId, bundle.Entry[1].GetExtensionValue<Id>(FhirNames.ExtensionRoot + "decision")!.Value);
    }

    [Fact]
    public async Task What_may_not_come_along_is_told_and_what_is_not_there_brings_nothing()
    {
        using var client = running.Client(await running.ReuseAsync("noor"), "wijkteam");
        var bundle = Assert.IsType<Bundle>(await client.GetAsync("Patient?_revinclude=RelatedPerson:patient", Stop));
        Assert.Equal(["Patient", "OperationOutcome"], bundle.Entry.Select(e => e.Resource!.TypeName));
        var outcome = (OperationOutcome)bundle.Entry[1].Resource!;
        Assert.Equal((Bundle.SearchEntryMode.Outcome, "CATEGORY_NOT_IN_PURPOSE"), (bundle.Entry[1].Search!.Mode!.Value, outcome.Issue[0].Details!.Coding[0].Code!));

        using var alone = running.Client(await running.SafetyAsync("sam"));
        var before = Decisions().Count;
        Assert.Empty(Assert.IsType<Bundle>(await alone.GetAsync("RelatedPerson?_include=RelatedPerson:patient", Stop)).Entry);
        Assert.Equal(before + 1, Decisions().Count);
    }

    [Fact]
    public async Task A_search_that_is_refused_brings_nothing_along()
    {
        using var http = running.Http("wijkteam", await running.ReuseAsync("noor"));
        using var answer = await http.GetAsync("RelatedPerson?_include=RelatedPerson:patient", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("CATEGORY_NOT_IN_PURPOSE", Assert.Single(answer.Headers.GetValues(KetenHeaders.Reason)));
        Assert.IsType<OperationOutcome>(FhirJsonDeserializer.DEFAULT.DeserializeResource(await answer.Content.ReadAsStringAsync(Stop)));
    }

    [Fact]
    public async Task An_overview_asks_everybody_the_index_tells_of_for_what_the_purpose_offers()
    {
        var ask = await InvolvedAskAsync();
        var (status, bundle) = await OverviewAsync("vt", ask, "");
        Assert.Equal(HttpStatusCode.OK, status);
        var all = (Bundle)bundle;
        Assert.Equal("CareTeam", all.Entry[0].Resource!.TypeName);
        var episode = Assert.Single(all.Entry.Select(e => e.Resource).OfType<EpisodeOfCare>());
        Assert.Equal("Gemeente Test", ((Organization)episode.Contained[0]).Name);
        Assert.All(all.Entry.Where(e => e.FullUrl is not null && e.Resource is not OperationOutcome), e => Assert.StartsWith(running.Federation.GatewayAddress.ToString(), e.FullUrl, StringComparison.Ordinal));
        Assert.DoesNotContain(all.Entry, e => e.Resource is Patient);
    }

    [Fact]
    public async Task An_overview_of_named_sources_tells_of_each_that_fails_why()
    {
        var (status, bundle) = await OverviewAsync("vt", await running.SafetyAsync(), $"?source={Gemeente},00000099000000009999");
        Assert.Equal(HttpStatusCode.OK, status);
        var all = (Bundle)bundle;
        Assert.Superset(new HashSet<string>(["Patient", "RelatedPerson", "EpisodeOfCare", "OperationOutcome"]), all.Entry.Select(e => e.Resource!.TypeName).ToHashSet());
        var outcome = (OperationOutcome)all.Entry[^1].Resource!;
        Assert.Equal("TARGET_UNKNOWN", outcome.Issue[0].Details!.Coding[0].Code);
        Assert.Equal("00000099000000009999", outcome.Issue[0].GetExtensionValue<Identifier>(FhirNames.ExtensionRoot + "source")!.Value);
    }

    [Fact]
    public async Task Who_names_fields_is_given_no_others_by_includes_or_an_overview()
    {
        var ask = await running.SafetyAsync() with { Fields = ["birth_date", "relation_type"] };
        using var client = running.Client(ask with { Fields = ["relation_type"] });
        var bundle = Assert.IsType<Bundle>(await client.GetAsync("RelatedPerson?_include=RelatedPerson:patient", Stop));
        Assert.All(bundle.Entry, e => Assert.IsType<RelatedPerson>(e.Resource));

        using var both = running.Client(ask);
        var included = Assert.IsType<Bundle>(await both.GetAsync("RelatedPerson?_include=RelatedPerson:patient", Stop));
        var patient = Assert.Single(included.Entry.Select(e => e.Resource).OfType<Patient>());
        Assert.Equal(("2016-10-10", 0), (patient.BirthDate, patient.Name.Count));

        var (_, overview) = await OverviewAsync("vt", ask, $"?source={Gemeente}");
        Assert.Equal(["Patient", "RelatedPerson"], ((Bundle)overview).Entry.Select(e => e.Resource!.TypeName).Distinct());

        var index = await InvolvedAskAsync() with { Fields = ["status"] };
        var (_, all) = await OverviewAsync("vt", index, "");
        Assert.Contains(((Bundle)all).Entry, e => e.Resource is EpisodeOfCare { ManagingOrganization: null });
    }

    [Fact]
    public async Task A_deadline_holds_for_the_whole_and_what_was_not_asked_is_told()
    {
        using var http = running.Http(ask: await running.SafetyAsync());
        http.DefaultRequestHeaders.Remove(KetenHeaders.Target);
        http.DefaultRequestHeaders.Add("grpc-timeout", "1n");
        using var answer = await http.GetAsync(new Uri(running.Federation.GatewayAddress, $"/{Federation.GatewayOin.Value}/fhir/Patient/$everything?source={Gemeente}"), Stop);
        var bundle = FhirJsonDeserializer.DEFAULT.Deserialize<Bundle>(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal("DEADLINE_PASSED", ((OperationOutcome)Assert.Single(bundle.Entry).Resource!).Issue[0].Details!.Coding[0].Code);
    }

    [Fact]
    public async Task What_the_gateway_answers_itself_keeps_to_the_deadline_too()
    {
        using var http = running.Http("portaal", await running.AccessAsync());
        http.DefaultRequestHeaders.Add("grpc-timeout", "1n");
        using var answer = await http.GetAsync(new Uri(running.Federation.GatewayAddress, $"/{Federation.GatewayOin.Value}/fhir/AuditEvent"), Stop);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "DEADLINE_PASSED"), (answer.StatusCode, answer.Headers.GetValues(KetenHeaders.Reason).Single()));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "FHIR_SOURCES_NEEDED")]
    [InlineData("?source=x", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData("?source=00000099000000001003,00000099000000001003", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData("?start=2026-01-01", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    public async Task An_overview_that_cannot_be_made_is_refused(string query, HttpStatusCode status, string reason)
    {
        var (found, outcome) = await OverviewAsync("vt", await running.SafetyAsync(), query);
        Assert.Equal((status, reason), (found, ((OperationOutcome)outcome).Issue[0].Details!.Coding[0].Code!));
    }

    [Fact]
    public async Task Without_a_purpose_there_is_no_overview()
    {
        var (status, outcome) = await OverviewAsync("vt", null, $"?source={Gemeente}");
        Assert.Equal((HttpStatusCode.BadRequest, "METADATA_MISSING"), (status, ((OperationOutcome)outcome).Issue[0].Details!.Coding[0].Code!));
    }

    private async Task<Ask> InvolvedAskAsync() => await running.SafetyAsync() with
    {
        Purpose = "betrokkenheid-jeugd",
        Facts = CaseFacts.TryParse("""{"subject_informed": true, "risk_assessed": true, "subject_age": 9}""", out var facts, out var fault) ? facts : throw new ArgumentException(fault),
    };

    private async Task<(HttpStatusCode Status, Resource Body)> OverviewAsync(string caller, Ask? ask, string query)
    {
        using var http = running.Http(caller, ask);
        http.DefaultRequestHeaders.Remove(KetenHeaders.Target);
        using var answer = await http.GetAsync(new Uri(running.Federation.GatewayAddress, $"/{Federation.GatewayOin.Value}/fhir/Patient/$everything{query}"), Stop);
        return (answer.StatusCode, FhirJsonDeserializer.DEFAULT.DeserializeResource(await answer.Content.ReadAsStringAsync(Stop))!);
    }

    private List<DecisionRecord> Decisions() => [.. DecisionLogReader.Read(running.Federation.DecisionLogDirectory).Select(r => r.Decision).OfType<DecisionRecord>()];

    private static IEnumerable<string> Types(Bundle bundle, Bundle.SearchEntryMode mode) => bundle.Entry.Where(e => e.Search!.Mode == mode).Select(e => e.Resource!.TypeName).Distinct();

    private static List<Disclosure> Terms(Bundle bundle) =>
        [.. bundle.Meta!.GetExtensions(FhirNames.ExtensionRoot + "disclosure").Select(e => Disclosure.Parser.ParseFrom(((Base64Binary)e.Value!).Value))];

    private static string Padded(string text) => text.PadRight((text.Length + 3) & ~3, '=');
}
