using System.Net;
using System.Text;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>A correction of name and address (terugmelding) as <c>PUT Patient/id</c>: kept to be weighed, whole or not at all.</summary>
[Collection(nameof(FhirFederation))]
public sealed class FhirUpdateTests(FhirFederation running)
{
    private const string Bomb = """
        <?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]><Patient xmlns="http://hl7.org/fhir"><birthDate value="&f;"/></Patient>
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ResourceFormat.Json)]
    [InlineData(ResourceFormat.Xml)]
    public async Task A_correction_gets_to_the_organisation_that_weighs_it(ResourceFormat format)
    {
        var ask = await running.ReuseAsync("noor");
        using var client = running.Client(ask, "wijkteam", format);
        var id = (await client.SearchAsync<Patient>(ct: Stop))!.Entry[0].Resource!.Id;
        await client.UpdateAsync(Corrected(id), ct: Stop);
        var decision = running.LastDecision();
        Assert.Equal(("/keten.person.v1.PersonService/CorrectPerson", true), (decision.Operation, decision.Allowed));

        await foreach (var notification in running.Federation.Systems["gemeente"].Heard.ReadAllAsync(Stop))
        {
            if (notification.Delivery?.DecisionId == decision.DecisionId)
            {
                Assert.Equal(("Kade", "2"), (notification.Delivery.PersonCorrection.Street, notification.Delivery.PersonCorrection.HouseNumber));
                break;
            }
        }

        Assert.Equal("Dijk", ((Patient)(await client.SearchAsync<Patient>(ct: Stop))!.Entry[0].Resource!).Address[0].LineElement[0].Extension[0].Value!.ToString());
    }

    [Fact]
    public async Task What_came_incomplete_is_not_taken_back()
    {
        using var client = running.Client(await running.ReuseAsync("sam"), "wijkteam");
        var patient = (Patient)(await client.SearchAsync<Patient>(ct: Stop))!.Entry[0].Resource!;
        Assert.Equal("FHIR_UPDATE_SUBSETTED", await RefusedAsync(patient.Id!, patient.ToJson(), HttpStatusCode.BadRequest, "sam"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"resourceType":"Observation"}""")]
    [InlineData("""{"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"gisteren"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"2016-10-10","unknown":1}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"2016-10-10","active":true}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"2016-10-10"}{"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"2016-10-10","name":[{"text":"Noor"}]}""")]
    [InlineData("""{"resourceType":"Patient","birthDate":"2016-10-10","identifier":[{"system":"urn:x","value":"y"}]}""")]
    public async Task What_cannot_be_read_or_handed_over_whole_is_refused_whole(string body)
    {
        var id = await IdAsync();
        Assert.Equal("FHIR_RESOURCE_INVALID", await RefusedAsync(id, body.Replace("\"Patient\"", $"\"Patient\",\"id\":\"{id}\"", StringComparison.Ordinal), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_correction_about_somebody_else_than_the_url_is_refused()
    {
        var id = await IdAsync();
        using var client = running.Client(await running.ReuseAsync("sam"), "wijkteam");
        var sam = (Patient)(await client.SearchAsync<Patient>(ct: Stop))!.Entry[0].Resource!;
        Assert.Equal("FHIR_RESOURCE_INVALID", await RefusedAsync(id, Corrected(sam.Id).ToJson(), HttpStatusCode.BadRequest));
        Assert.Equal("FHIR_RESOURCE_INVALID", await RefusedAsync(id, Corrected(null).ToJson(), HttpStatusCode.BadRequest));

        var otherwise = Corrected(id);
        otherwise.Identifier.AddRange(sam.Identifier);
        Assert.Equal("FHIR_IDENTIFIER_MISMATCH", await RefusedAsync(id, otherwise.ToJson(), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Depth_entities_size_and_versions_are_refused()
    {
        var id = await IdAsync();
        Assert.Equal("FHIR_RESOURCE_INVALID", await RefusedAsync(id, string.Concat(Enumerable.Repeat("{\"a\":", 8_000)), HttpStatusCode.BadRequest));
        Assert.Equal("FHIR_RESOURCE_INVALID", await RefusedAsync(id, Bomb, HttpStatusCode.BadRequest, media: "application/fhir+xml"));
        var deep = string.Concat(Enumerable.Repeat("<extension>", 2_000)) + string.Concat(Enumerable.Repeat("</extension>", 2_000));
        Assert.Equal("FHIR_RESOURCE_INVALID", await RefusedAsync(id, $"<Patient xmlns=\"http://hl7.org/fhir\">{deep}</Patient>", HttpStatusCode.BadRequest, media: "application/fhir+xml"));
        Assert.Equal("FHIR_BODY_TOO_LARGE", await RefusedAsync(id, new string(' ', 64 * 1024) + "{}", HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal("FHIR_MEDIA_TYPE_UNSUPPORTED", await RefusedAsync(id, "{}", HttpStatusCode.UnsupportedMediaType, media: "text/plain"));
        Assert.Equal("FHIR_PRECONDITION_UNSUPPORTED", await RefusedAsync(id, Corrected(id).ToJson(), HttpStatusCode.PreconditionFailed, ifMatch: "W/\"1\""));
        Assert.Equal("FHIR_RESOURCE_NOT_FOUND", await RefusedAsync(new string('0', 40), Corrected(new string('0', 40)).ToJson(), HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_bsn_in_it_is_refused_with_the_reason()
    {
        var id = await IdAsync();
        var patient = Corrected(id);
        patient.Identifier.Add(new Identifier("http://fhir.nl/fhir/NamingSystem/bsn", "999912112"));
        Assert.Equal("FHIR_BSN_NOT_ACCEPTED", await RefusedAsync(id, patient.ToJson(), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_field_the_purpose_does_not_cover_refuses_the_whole()
    {
        var id = await IdAsync();
        var patient = Corrected(id);
        patient.AddExtension(FhirNames.ExtensionRoot + "secret_address", new FhirBoolean(false));
        Assert.Equal("FIELD_NOT_PERMITTED", await RefusedAsync(id, patient.ToJson(), HttpStatusCode.Forbidden));
    }

    private static Patient Corrected(string? id)
    {
        var line = new FhirString("Kade 2");
        line.AddExtension("http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-streetName", new FhirString("Kade"));
        line.AddExtension("http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-houseNumber", new FhirString("2"));
        return new Patient { Id = id, Address = [new Address { Use = Address.AddressUse.Home, City = "Elders", LineElement = [line] }] };
    }

    private async Task<string> IdAsync()
    {
        using var client = running.Client(await running.ReuseAsync("noor"), "wijkteam");
        return (await client.SearchAsync<Patient>(ct: Stop))!.Entry[0].Resource!.Id!;
    }

    private async Task<string> RefusedAsync(
        string id, string body, HttpStatusCode status, string person = "noor", string media = "application/fhir+json", string? ifMatch = null)
    {
        using var http = running.Http("wijkteam", await running.ReuseAsync(person));
        using var request = new HttpRequestMessage(HttpMethod.Put, $"Patient/{id}") { Content = new StringContent(body, Encoding.UTF8, media) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var answer = await http.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {text}");
        return FhirJsonDeserializer.DEFAULT.Deserialize<OperationOutcome>(text).Issue[0].Details!.Coding[0].Code!;
    }
}
