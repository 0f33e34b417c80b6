using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Xunit.Sdk;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests.Conformance;

/// <summary>
/// Every answer that any test here gets is held to R4's definitions (<see cref="ValidatingHandler"/>). These tests make sure that all kinds of answers are
/// among them, and that the validators find what is wrong: each its own faults.
/// </summary>
[Collection(nameof(FhirFederation))]
public sealed class R4ValidityTests(FhirFederation running)
{
    private const string Json = "application/fhir+json; charset=utf-8";
    private const string Xml = "application/fhir+xml; charset=utf-8";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Broken content, and which validator must see it.</summary>
    public static TheoryData<string, string, string> Broken => new()
    {
        { "strict", Json, """{"resourceType":"Patient","nickname":"x"}""" },
        { "strict", Json, """{"resourceType":"Patient","gender":"vrouw"}""" },
        { "strict", Json, """{"resourceType":"Patient","birthDate":"1-2-2016"}""" },
        { "strict", Json, """{"resourceType":"Patient","id":"a b"}""" },
        { "strict", Json, """{"resourceType":"EpisodeOfCare","status":"active"}""" },
        { "strict", Json, """{"resourceType":"Patient","active":"true"}""" },
        { "strict", Json, """{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patiënt"}}]}""" },
        { "strict", Xml, """<Patient xmlns="http://hl7.org/fhir"><birthDate value="2016-10-10"/><gender value="female"/></Patient>""" },
        { "strict", Xml, """<Patient xmlns="http://hl7.org/fhir"><nickname value="x"/></Patient>""" },
        { "strict", Xml, """<Patient xmlns="http://example.org"><gender value="female"/></Patient>""" },
        { "syntax", Xml, """<Patient xmlns="http://hl7.org/fhir"><gender value="female"></Patient>""" },
        { "syntax", Json, """{"resourceType":"Patient","gender":"female","gender":"male"}""" },
        { "medplum", Json, """{"resourceType":"Patient","nickname":"x"}""" },
        { "medplum", Json, """{"resourceType":"Patient","gender":["female","male"]}""" },
        { "medplum", Json, """{"resourceType":"EpisodeOfCare","patient":{"reference":"Patient/1"}}""" },
        { "medplum", Json, """{"resourceType":"EpisodeOfCare","status":"active","patient":{"reference":"Practitioner/1"}}""" },
        { "medplum", Json, """{"resourceType":"OperationOutcome","issue":[]}""" },
        { "medplum", Json, """{"resourceType":"Patient","contact":[{"gender":"male"}]}""" },
        { "medplum", Json, """{"resourceType":"Bundle","type":"searchset","total":1,"entry":[{"fullUrl":"https://x/Patient/1/_history/2","resource":{"resourceType":"Patient","id":"1"}}]}""" },
        { "medplum", Json, """{"resourceType":"Bundle","type":"collection","entry":[{"search":{"mode":"match"},"resource":{"resourceType":"Patient","id":"1"}}]}""" },
        { "medplum", Json, """{"resourceType":"Patient","name":[{"text":"x","_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"lang","valueCode":"nl"}]}]}}]}""" },
        { "medplum", Xml, """<OperationOutcome xmlns="http://hl7.org/fhir"><issue><code value="invalid"/></issue></OperationOutcome>""" },
        { "schema", Json, """{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patient","id":"a b"}}]}""" },
        { "schema", Json, """{"resourceType":"CapabilityStatement","status":"active","date":"2026","kind":"instance","fhirVersion":"4.9","format":["json"]}""" },
        { "schema", Json, """{"resourceType":"Nothing"}""" },
        { "schema", Xml, """<Patient xmlns="http://hl7.org/fhir"><birthDate value="2016-13-01"/></Patient>""" },
        { "value set", Json, """{"resourceType":"Patient","gender":"vrouw"}""" },
        { "ras-2", Json, """{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":101}]}""" },
        { "dom-3", Json, """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}]}""" },
        { "org-1", Json, """{"resourceType":"Organization","active":true}""" },
        { "extension", Json, """{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/nothing","valueBoolean":true}]}""" },
        { "extension", Json, """{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired","valueString":"x"}]}""" },
        { "extension", Json, """{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-streetName","valueString":"x"}]}""" },
        { "extension", Json, """{"resourceType":"Patient","_gender":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"x"}]}}""" },
        { "content type", "application/json", """{"resourceType":"Patient"}""" },
        { "no resourceType", Json, "[]" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_is_broken_is_found(string by, string contentType, string body)
    {
        if (by is not ("strict" or "syntax"))
        {
            Assert.SkipWhen(NodeTools.Missing is not null, NodeTools.Missing ?? "");
        }

        var problems = await running.Validator.ProblemsAsync(contentType, Encoding.UTF8.GetBytes(body), Stop);
        Assert.Contains(problems, problem => problem.StartsWith(by, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_UTF_8_is_found() => Assert.Equal(["not UTF-8"], await running.Validator.ProblemsAsync(Json, new byte[] { 0x22, 0xC3, 0x22 }, Stop));

    [Fact]
    public async Task An_answer_that_is_not_valid_fails_the_test_that_gets_it()
    {
        using var http = new HttpClient(new ValidatingHandler(running.Validator) { InnerHandler = new Answering("""{"resourceType":"Patient","gender":"vrouw"}""") });
        await Assert.ThrowsAsync<TrueException>(() => http.GetAsync(running.Base, Stop));
    }

    [Theory]
    [InlineData("application/fhir+json")]
    [InlineData("application/fhir+xml")]
    public async Task Every_kind_of_answer_is_valid(string accept)
    {
        Assert.SkipWhen(NodeTools.Missing is not null, NodeTools.Missing ?? "");
        var kinds = new HashSet<string>();
        string[] ofAPerson = ["metadata", "Patient?_revinclude=Provenance:target", "RelatedPerson?_count=1", "EpisodeOfCare?_include=EpisodeOfCare:patient", "Observation"];
        foreach (var (caller, ask, urls) in new[]
        {
            ("vt", await running.SafetyAsync(), ofAPerson), ("vt", await running.SafetyAsync("sam"), ofAPerson), ("wijkteam", await running.ReuseAsync("sam"), ofAPerson),
            ("wijkteam", await running.InvolvedAsync(), ["metadata", "CareTeam"]), ("vt", FhirFederation.Directory(), ["Organization", "HealthcareService", "Endpoint"]),
            ("portaal", await running.AccessAsync(), ["AuditEvent"]), ("portaal", await running.AccessAsync(target: "gemeente"), ["AuditEvent"]),
        })
        {
            using var http = running.Http(caller, ask);
            http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
            foreach (var url in urls)
            {
                var before = running.Validator.Judged;
                using var answer = await http.GetAsync(url, Stop);
                Assert.Equal(before + 1, running.Validator.Judged);
                Assert.Equal(accept, answer.Content.Headers.ContentType!.MediaType);
                var body = await answer.Content.ReadAsStringAsync(Stop);
                var resource = accept.EndsWith("xml", StringComparison.Ordinal) ? FhirXmlDeserializer.STRICT.DeserializeResource(body) : FhirJsonDeserializer.STRICT.DeserializeResource(body);
                kinds.Add(resource.TypeName);
                kinds.UnionWith(resource is Bundle bundle ? bundle.Entry.Select(e => e.Resource!.TypeName) : []);
            }
        }

        Assert.Superset(
            new HashSet<string>(
            [
                "AuditEvent", "Bundle", "CapabilityStatement", "CareTeam", "Endpoint", "EpisodeOfCare", "HealthcareService", "OperationOutcome", "Organization", "Patient",
                "Provenance", "RelatedPerson",
            ]),
            kinds);
    }

    [Fact]
    public async Task What_cannot_be_told_apart_has_an_id_of_its_own_and_goes_on_in_pages()
    {
        using var http = running.Http(ask: FhirFederation.Directory() with { Fields = ["expectations"] });
        var all = FhirJsonDeserializer.STRICT.Deserialize<Bundle>(await http.GetStringAsync("HealthcareService", Stop)).Entry.Select(e => e.FullUrl!).ToList();
        Assert.True(all.Count > 1 && all.Distinct().Count() == all.Count, string.Join('\n', all));

        var found = new List<string>();
        for (var next = "HealthcareService?_count=1"; next is not null;)
        {
            using var answer = await http.GetAsync(next, Stop);
            var body = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, $"{next}: {body}");
            var page = FhirJsonDeserializer.STRICT.Deserialize<Bundle>(body);
            found.Add(Assert.Single(page.Entry).FullUrl!);
            next = page.NextLink?.ToString();
        }

        Assert.Equal(all, found);
    }

    private sealed class Answering(string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/fhir+json") });
    }
}
