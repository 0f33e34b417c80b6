using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>Whatever comes in: an OperationOutcome with the right status, on the record, and nothing of it reaches the adapter.</summary>
[Collection(nameof(FhirFederation))]
public sealed class BadInputTests(FhirFederation running)
{
    private const string Bsn = "999912112";
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly string DeepJson = string.Concat(Enumerable.Repeat("{\"a\":", 100_000));

    private const string Bomb = """
        <?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]><Patient xmlns="http://hl7.org/fhir"><id value="&b;&f;"/></Patient>
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, HttpStatusCode, string> Urls => new()
    {
        { "GET", "Observation", HttpStatusCode.NotFound, "FHIR_RESOURCE_UNKNOWN" },
        { "GET", "patient", HttpStatusCode.NotFound, "FHIR_RESOURCE_UNKNOWN" },
        { "GET", "", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "POST", "", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "POST", "Patient", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "PUT", "RelatedPerson/0000000000000000000000000000000000000000", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "PUT", "Patient/0000000000000000000000000000000000000000", HttpStatusCode.UnsupportedMediaType, "FHIR_MEDIA_TYPE_UNSUPPORTED" },
        { "DELETE", "Patient/0000000000000000000000000000000000000000", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "HEAD", "Patient", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "GET", "Patient/0000000000000000000000000000000000000000/_history", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "GET", "Patient/0000000000000000000000000000000000000000/$everything", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "GET", "Patient/_search", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
        { "GET", "Patient/0000000000000000000000000000000000000000", HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "Patient/..%2f..%2fetc", HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "Patient/" + Bsn, HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND" },
        { "GET", "Patient?name=Noor", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_include=Patient:link", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_revinclude=Observation:patient", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "RelatedPerson?_include:iterate=RelatedPerson:patient", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "RelatedPerson?_include=*", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_has:EpisodeOfCare:patient:status=active", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_count=-1", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_count=99999999999", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_sort=name", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_summary=text", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_summary=true&_elements=name", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_elements=name&_elements=gender", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_elements=id", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_after=2", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_after=0000000000000000000000000000000000000000", HttpStatusCode.Gone, "FHIR_PAGE_GONE" },
        { "GET", "Patient?_id=%zz", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?_id=0000000000000000000000000000000000000000&_id=0000000000000000000000000000000000000000", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient/0000000000000000000000000000000000000000?_elements=photo", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED" },
        { "GET", "Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn|" + Bsn, HttpStatusCode.BadRequest, "FHIR_BSN_NOT_ACCEPTED" },
        { "GET", "Patient?_id=" + Bsn, HttpStatusCode.BadRequest, "FHIR_BSN_NOT_ACCEPTED" },
        { "GET", "Patient?_format=text/html", HttpStatusCode.NotAcceptable, "FHIR_FORMAT_NOT_ACCEPTABLE" },
        { "GET", "../../00000099000000009999/fhir/Patient", HttpStatusCode.NotFound, "TARGET_UNKNOWN" },
        { "GET", "../../nobody/fhir/Patient", HttpStatusCode.BadRequest, "METADATA_MALFORMED" },
        { "GET", "../../nobody/fhir/metadata", HttpStatusCode.NotFound, "TARGET_UNKNOWN" },
        { "POST", "metadata", HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED" },
    };

    [Theory]
    [MemberData(nameof(Urls))]
    public async Task A_request_that_is_not_offered_is_refused(string method, string url, HttpStatusCode status, string reason)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        await RefusedAsync(request, status, reason);
    }

    [Fact]
    public async Task A_pseudonym_in_a_url_is_refused_with_the_way_out()
    {
        var pseudonym = (await running.SafetyAsync()).Subject!.Value.Value;
        foreach (var url in new[] { $"Patient?identifier={FhirNames.PseudonymSystem}|{pseudonym}", $"RelatedPerson?patient:identifier={pseudonym}", $"RelatedPerson?patient.identifier={pseudonym}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            Assert.Contains("_search", await RefusedAsync(request, HttpStatusCode.BadRequest, "FHIR_PSEUDONYM_IN_URL"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_search_by_bsn_is_refused_at_the_gateway_with_the_way_to_a_pseudonym_and_leaves_no_trace()
    {
        foreach (var system in FhirNames.BsnSystems.Append(FhirNames.PseudonymSystem).Append(""))
        {
            using var request = Search($"identifier={Uri.EscapeDataString($"{system}|{Bsn}")}");
            Assert.Contains("pseudonym", await RefusedAsync(request, HttpStatusCode.BadRequest, "FHIR_BSN_NOT_ACCEPTED"), StringComparison.Ordinal);
            Assert.DoesNotContain(Bsn, running.LastDecision().ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_search_for_somebody_else_than_the_person_of_the_headers_is_refused()
    {
        var other = await running.PseudonymAsync("sam", "vt");
        using var request = Search($"identifier={Uri.EscapeDataString($"{FhirNames.PseudonymSystem}|{other}")}");
        await RefusedAsync(request, HttpStatusCode.BadRequest, "FHIR_IDENTIFIER_MISMATCH");
    }

    [Theory]
    [InlineData("name=Noor")]
    [InlineData("identifier=x")]
    [InlineData("_format=xml")]
    [InlineData("_id=%00")]
    [InlineData("a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r")]
    public async Task A_search_with_what_is_not_offered_is_refused(string form)
    {
        using var request = Search(form);
        await RefusedAsync(request, HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused_whether_its_length_is_told_or_not(bool told)
    {
        using var request = Search(new string('a', 8 * 1024 * 1024));
        request.Headers.TransferEncodingChunked = told ? null : true;
        await RefusedAsync(request, HttpStatusCode.RequestEntityTooLarge, "FHIR_BODY_TOO_LARGE");
    }

    [Theory]
    [InlineData("application/fhir+json", "{\"resourceType\":\"Parameters\"")]
    [InlineData("application/fhir+xml", Bomb)]
    [InlineData("multipart/form-data; boundary=x", "--x")]
    public async Task A_search_that_is_no_form_is_refused(string type, string body)
    {
        using var request = Search(body, type);
        await RefusedAsync(request, HttpStatusCode.UnsupportedMediaType, "FHIR_MEDIA_TYPE_UNSUPPORTED");
    }

    [Fact]
    public async Task Deep_nesting_and_entities_are_never_parsed_where_nothing_can_be_created()
    {
        foreach (var (type, body) in new[] { ("application/fhir+json", DeepJson), ("application/fhir+xml", Bomb), ("application/fhir+json", "{") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "Patient") { Content = Body(body, type) };
            await RefusedAsync(request, HttpStatusCode.MethodNotAllowed, "FHIR_INTERACTION_UNSUPPORTED");
        }
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/fhir+json; fhirVersion=3.0")]
    [InlineData("application/fhir+json;q=0")]
    public async Task A_form_of_content_that_is_not_given_is_refused(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "Patient") { Headers = { { "Accept", accept } } };
        await RefusedAsync(request, HttpStatusCode.NotAcceptable, "FHIR_FORMAT_NOT_ACCEPTABLE");
    }

    [Fact]
    public async Task A_refusal_comes_in_the_form_that_was_asked_for()
    {
        using var http = running.Http(ask: await running.SafetyAsync());
        using var answer = await http.GetAsync("Observation?_format=xml", Stop);
        Assert.Equal("application/fhir+xml", answer.Content.Headers.ContentType!.MediaType);
        var outcome = FhirXmlDeserializer.DEFAULT.Deserialize<OperationOutcome>(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal("FHIR_RESOURCE_UNKNOWN", outcome.Issue[0].Details!.Coding[0].Code);
    }

    [Fact]
    public async Task The_adapters_door_gives_no_answer_to_a_participant_that_goes_around_the_gateway()
    {
        using var http = running.Http(ask: await running.SafetyAsync());
        http.BaseAddress = null;
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(
            new Uri(running.Federation.AdapterAddresses["gemeente"], $"/{running.Scenario.Participant("gemeente").Oin}/fhir/Patient"), Stop));
    }

    private static HttpRequestMessage Search(string body, string type = Form) => new(HttpMethod.Post, "Patient/_search") { Content = Body(body, type) };

    private static ByteArrayContent Body(string body, string type) =>
        new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    /// <returns>The English text.</returns>
    private async Task<string> RefusedAsync(HttpRequestMessage request, HttpStatusCode status, string reason)
    {
        using var http = running.Http(ask: await running.SafetyAsync());
        http.DefaultRequestHeaders.Remove(KetenHeaders.Target);
        using var answer = await http.SendAsync(request, Stop);
        Assert.Equal((status, reason), (answer.StatusCode, answer.Headers.TryGetValues(KetenHeaders.Reason, out var told) ? told.Single() : ""));
        Assert.Equal("application/fhir+json", answer.Content.Headers.ContentType!.MediaType);
        if (request.Method == HttpMethod.Head)
        {
            return "";
        }

        var text = await answer.Content.ReadAsStringAsync(Stop);
        var outcome = FhirJsonDeserializer.DEFAULT.Deserialize<OperationOutcome>(text);
        Assert.Equal(reason, outcome.Issue[0].Details!.Coding[0].Code);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return outcome.Issue[0].Details!.Text!;
    }
}
