using System.Text.Json;
using Keten.Adapters.Fhir.Tests.Support;
using Keten.Adapters.Sdk.Mapping;
using Keten.TestKit;
using Keten.TestKit.Pki;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Fhir.Tests.Mapping;

public sealed class DocumentationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_example_of_the_page_for_integration_engineers_loads()
    {
        using var pki = new TestFederation();
        var own = pki.Good(1);
        File.Copy(own.CertificatePath, _folder.File("client.pem"));
        File.Copy(own.KeyPath, _folder.File("client.key"));
        File.Copy(pki.TrustAnchors, _folder.File("ca.pem"));
        _folder.Write("token", "een.token");

        var mapping = FhirMapping.Load(_folder.Write("mapping.yaml", Block("docs/fhir-mapping.md")));

        Assert.Equal(["clients", "person", "household", "involvement", "facts"], mapping.Sections);
    }

    [Fact]
    public async Task The_example_finds_in_a_server_what_the_page_says()
    {
        await using var server = await ScriptedServer.StartAsync();
        var example = Block("docs/fhir-mapping.md");
        var start = example.IndexOf("server:", StringComparison.Ordinal);
        var text = example[..start] + $"server: {{base: {server.Base}}}\n" + example[example.IndexOf("clients:", StringComparison.Ordinal)..];
        await using var source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", text));
        server.Answer = http => ScriptedServer.Json(ScriptedServer.Searchset(http.Request.Path.Value!.Contains("Patient", StringComparison.Ordinal)
            ? """{"resourceType": "Patient", "id": "a", "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "L"}]}, "extension": [{"url": "https://wijkteam.example/fhir/maatregel", "valueBoolean": true}]}"""
            : """{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/a"}, "extension": [{"url": "https://wijkteam.example/fhir/inwonend", "valueBoolean": true}]}"""))(http);

        var facts = await source.Facts.GetAsync("a", TestContext.Current.CancellationToken);

        Assert.Equal((true, true), (facts.SecretAddress, facts.States["measure_active"]));
        server.Answer = ScriptedServer.Json(ScriptedServer.Searchset("""{"resourceType": "Patient", "id": "a", "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}, {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}}"""));
        Assert.True((await source.Facts.GetAsync("a", TestContext.Current.CancellationToken)).SecretAddress);
        server.Answer = ScriptedServer.Json(ScriptedServer.Searchset("""{"resourceType": "Patient", "id": "a", "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}]}}"""));
        Assert.False((await source.Facts.GetAsync("a", TestContext.Current.CancellationToken)).SecretAddress);
        server.Answer = ScriptedServer.Json(ScriptedServer.Searchset("""{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/a"}, "extension": [{"url": "https://wijkteam.example/fhir/inwonend", "valueBoolean": true}]}"""));
        Assert.True(Assert.Single(await source.Household.GetAsync("a", TestContext.Current.CancellationToken)).LivesInHousehold);
        Assert.DoesNotContain(source.Logs.Lines, l => l.Level >= LogLevel.Warning && !l.Text.Contains("does not declare", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("person")]
    [InlineData("household")]
    [InlineData("involvement")]
    [InlineData("facts")]
    public void The_schema_for_editors_knows_the_same_fields(string section)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src/Adapters/Fhir/fhir-mapping.schema.json")));
        var fields = schema.RootElement.GetProperty("properties").GetProperty(section).GetProperty("properties").GetProperty("fields").GetProperty("properties");
        var catalogue = section switch
        {
            "person" => FieldCatalogue.Person,
            "household" => FieldCatalogue.Household,
            "involvement" => FieldCatalogue.Involvement,
            _ => FieldCatalogue.Facts,
        };

        Assert.Equal(catalogue.Keys.Order(), fields.EnumerateObject().Select(p => p.Name).Where(n => n != "states").Order());
    }

    private static string Block(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));
        var start = text.IndexOf("```yaml\n", StringComparison.Ordinal) + 8;
        return text[start..text.IndexOf("\n```", start, StringComparison.Ordinal)];
    }
}
