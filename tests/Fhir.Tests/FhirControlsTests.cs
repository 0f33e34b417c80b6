using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Keten.Client;
using Keten.Contracts.Fhir;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>How much of what there is a client asks for: elements, summary, pages, provenance, and the fragment of a purpose.</summary>
[Collection(nameof(FhirFederation))]
public sealed class FhirControlsTests(FhirFederation running)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Elements_ask_the_policy_for_less_and_so_the_record_says_less()
    {
        using var client = running.Client(await running.SafetyAsync());
        var patient = Assert.IsType<Patient>((await client.SearchAsync<Patient>(["_elements=birthDate,identifier"], ct: Stop))!.Entry[0].Resource);
        Assert.Equal("2016-10-10", patient.BirthDate);
        Assert.Empty(patient.Name);
        Assert.Empty(patient.Address);
        Assert.Single(patient.Identifier);
        Assert.Equal(["SUBSETTED"], patient.Meta!.Security.Select(s => s.Code));
        Assert.Equal(["birth_date"], running.LastDecision().Fields);
    }

    [Fact]
    public async Task Elements_that_R4_requires_come_along_and_keten_fields_still_bounds_them()
    {
        using var client = running.Client(await running.SafetyAsync());
        var episode = Assert.IsType<EpisodeOfCare>((await client.SearchAsync<EpisodeOfCare>(["_elements=period"], ct: Stop))!.Entry[0].Resource);
        Assert.Equal(EpisodeOfCare.EpisodeOfCareStatus.Active, episode.Status);
        Assert.Null(episode.ManagingOrganization);

        using var less = running.Client(await running.SafetyAsync() with { Fields = ["city", "birth_date"] });
        var patient = Assert.IsType<Patient>((await less.SearchAsync<Patient>(["_elements=address"], ct: Stop))!.Entry[0].Resource);
        Assert.Equal(("Elders", null, null), (patient.Address[0].City, patient.Address[0].PostalCode, patient.BirthDate));
    }

    public static TheoryData<string, string> EveryElement() =>
        [.. FhirCatalogue.All.SelectMany(t => t.Elements.Where(e => e.Value.Count > 0).Select(e => (t.Name + (t.OfGateway ? " of the gateway" : ""), e.Key)))];

    /// <summary>The catalogue says of which fields an element is made; if it were wrong, an element that was not asked for would be there, or one that was would not.</summary>
    [Theory]
    [MemberData(nameof(EveryElement))]
    public async Task Each_element_asked_for_alone_comes_as_in_the_whole_and_brings_no_others_but_what_is_required(string name, string element)
    {
        var type = FhirCatalogue.All.Single(t => name == t.Name + (t.OfGateway ? " of the gateway" : ""));
        var (caller, ask) = type == FhirCatalogue.AuditEvent ? ("portaal", await running.AccessAsync(target: "gemeente"))
            : type == FhirCatalogue.OwnAuditEvent ? ("portaal", await running.AccessAsync())
            : type.OfOrganisations ? ("vt", FhirFederation.Directory())
            : ("vt", await running.SafetyAsync());
        using var client = running.Client(ask, caller);
        var before = type.Name == "AuditEvent" ? $"&date=lt{running.Federation.Clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}" : "";
        var whole = Assert.IsType<Bundle>(await client.GetAsync($"{type.Name}?_count=1{before}", Stop)).Entry[0].Resource!;
        var part = Assert.IsType<Bundle>(await client.GetAsync($"{type.Name}?_count=1&_elements={element}{before}", Stop)).Entry[0].Resource!;

        var others = type.Elements.Where(e => e.Value.Count > 0 && !e.Value.Intersect(type.Elements[element].Concat(type.RequiredFields)).Any()).Select(e => e.Key);
        Assert.Equal(Element(whole, element), Element(part, element));
        Assert.All(others, other => Assert.Null(Element(part, other)));
        Assert.Equal(whole.Id, part.Id);
    }

    private static string? Element(Resource resource, string name) =>
        System.Text.Json.Nodes.JsonNode.Parse(resource.ToJson())![name]?.ToJsonString();

    [Fact]
    public async Task A_summary_holds_the_summary_elements_and_no_others()
    {
        using var client = running.Client(await running.SafetyAsync());
        var relation = Assert.IsType<RelatedPerson>((await client.SearchAsync<RelatedPerson>(["_summary=true"], ct: Stop))!.Entry[0].Resource);
        Assert.Equal("Mo Voorbeeld", relation.Name[0].Text);
        Assert.Null(relation.Period);
        Assert.Empty(relation.Extension);
    }

    [Theory]
    [InlineData("_summary=count")]
    [InlineData("_count=0")]
    public async Task A_count_tells_how_many_and_gives_none(string parameter)
    {
        using var client = running.Client(await running.SafetyAsync());
        var bundle = (await client.SearchAsync<RelatedPerson>([parameter], ct: Stop))!;
        Assert.Equal(2, bundle.Total);
        Assert.Empty(bundle.Entry);
    }

    [Fact]
    public async Task A_search_by_post_goes_on_in_pages_whose_links_say_nothing_of_the_person_and_each_page_is_decided_anew()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        var page = await client.SearchUsingPostAsync<RelatedPerson>(
            new SearchParams("patient:identifier", $"{FhirNames.PseudonymSystem}|{ask.Subject!.Value.Value}").LimitTo(1), ct: Stop);
        var first = running.LastDecision().DecisionId;
        Assert.Null(page!.Total);
        Assert.StartsWith(running.Base.ToString(), page.NextLink!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(ask.Subject.Value.Value[3..], page.NextLink.ToString(), StringComparison.Ordinal);

        var found = new List<string?>();
        for (; page is not null; page = await client.ContinueAsync(page, ct: Stop))
        {
            found.Add(((RelatedPerson)Assert.Single(page.Entry).Resource!).Relationship[0].Text);
        }

        Assert.Equal(["ouder", "broer"], found);
        Assert.NotEqual(first, running.LastDecision().DecisionId);
    }

    [Fact]
    public async Task A_page_is_of_no_use_to_who_may_not_ask()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        var page = await client.SearchAsync<RelatedPerson>(["_count=1"], ct: Stop);
        using var refused = running.Http(ask: ask with { Purpose = "naw-hergebruik" });
        using var answer = await refused.GetAsync(page!.NextLink, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using var other = running.Http(ask: await running.SafetyAsync("sam"));
        using var none = await other.GetAsync(page.NextLink, Stop);
        Assert.Equal(HttpStatusCode.Gone, none.StatusCode);
    }

    [Fact]
    public async Task Provenance_comes_along_under_the_same_decision()
    {
        using var client = running.Client(await running.SafetyAsync());
        var bundle = (await client.SearchAsync<RelatedPerson>(["_revinclude=Provenance:target"], ct: Stop))!;
        var provenance = Assert.IsType<Provenance>(bundle.Entry[^1].Resource);
        Assert.Equal(Bundle.SearchEntryMode.Include, bundle.Entry[^1].Search!.Mode);
        Assert.Equal(bundle.Entry.SkipLast(1).Select(e => e.FullUrl), provenance.Target.Select(t => t.Reference));
        Assert.Equal(("veiligheid-beoordelen", running.LastDecision().DecisionId), (provenance.Reason[0].Coding[0].Code, provenance.Entity[0].What.Identifier!.Value));
        Assert.Equal(running.Scenario.Participant("gemeente").Oin, provenance.Agent[0].Who.Identifier!.Value);
    }

    [Fact]
    public async Task Each_purpose_has_its_own_capability_statement()
    {
        Assert.Equal(["CarePlan", "EpisodeOfCare", "Goal", "Patient", "RelatedPerson", "Task"], await OfferedAsync("vt", await running.SafetyAsync()));
        Assert.Equal(["Patient", "Patient:update"], await OfferedAsync("wijkteam", await running.ReuseAsync("noor")));
        Assert.Empty(await OfferedAsync("vt", await running.SafetyAsync() with { Purpose = "naw-hergebruik", ActorRole = "no-such-role" }));
        Assert.Contains("Patient:update", await OfferedAsync("vt", ask: null));
    }

    [Fact]
    public async Task What_lies_outside_the_purpose_is_refused_with_the_policys_own_reason()
    {
        var ask = await running.ReuseAsync("noor");
        using var http = running.Http("wijkteam", ask);
        using var answer = await http.GetAsync("RelatedPerson", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var refused = await Assert.ThrowsAsync<KetenException>(() => running.Federation.Systems["wijkteam"].Gateway.GetHouseholdAsync(ask, Stop));
        var told = FhirJsonDeserializer.DEFAULT.Deserialize<OperationOutcome>(await answer.Content.ReadAsStringAsync(Stop)).Issue[0];
        Assert.Equal((refused.ReasonCode, refused.Message), (told.Details!.Coding[0].Code, $"{refused.ReasonCode}: {told.Details.Text}"));
        Assert.Equal("R8", running.LastDecision().Rule);
    }

    private async Task<IEnumerable<string>> OfferedAsync(string caller, Ask? ask)
    {
        using var http = running.Http(caller, ask);
        var statement = FhirJsonDeserializer.DEFAULT.Deserialize<CapabilityStatement>(await http.GetStringAsync("metadata", Stop));
        return statement.Rest[0].Resource.SelectMany(r => r.Interaction.Select(i => i.Code switch
        {
            CapabilityStatement.TypeRestfulInteraction.Read => $"{r.Type}",
            CapabilityStatement.TypeRestfulInteraction.Update => $"{r.Type}:update",
            _ => "",
        })).Where(name => name.Length > 0).Order(StringComparer.Ordinal).ToList();
    }
}
