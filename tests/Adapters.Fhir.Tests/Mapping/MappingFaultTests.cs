using Keten.Adapters.Fhir.Tests.Support;
using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Fhir.Tests.Mapping;

public sealed class MappingFaultTests : IDisposable
{
    private const string Whole = """
        version: 1
        server:
          base: https://fhir.intern.example/r4
          timeout_seconds: 5
        clients: {}
        person:
          fields:
            city: address.city.first()
            gender: {path: gender, map: {male: male}}
        household:
          search: RelatedPerson?patient=Patient/{client}
          max_pages: 3
        involvement:
          follow: [managingOrganization]
          leave_out: status = 'planned'
        facts: {}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_section_without_a_word_is_a_port_as_nl_core_has_it()
    {
        var mapping = FhirMapping.Load(_folder.Write("mapping.yaml", Whole));

        Assert.Equal(["clients", "person", "household", "involvement", "facts"], mapping.Sections);
        Assert.Equal("Patient", mapping.Section("facts").Search.Type);
        Assert.Equal(16, mapping.Section("person").Fields.Count);
        Assert.Single(mapping.Section("involvement").Follow);
    }

    [Theory]
    [InlineData("version: 1", "version: 2", "version", "expected 1")]
    [InlineData("clients: {}", "client: {}", "client", "did you mean 'clients'?")]
    [InlineData("https://fhir.intern.example/r4", "http://fhir.intern.example/r4", "server.base", "expected an https address")]
    [InlineData("https://fhir.intern.example/r4", "https://user:geheimpje@fhir.intern.example/r4", "server.base", "expected an https address without user")]
    [InlineData("https://fhir.intern.example/r4", "fhir.intern.example", "server.base", "expected an https address")]
    [InlineData("timeout_seconds: 5", "timeout_seconds: 0", "server.timeout_seconds", "1 to 300")]
    [InlineData("timeout_seconds: 5", "time_out: 5", "server.time_out", "no such key")]
    [InlineData("timeout_seconds: 5", "certificate: mapping.yaml", "server.certificate", "'certificate' and 'key' go together")]
    [InlineData("timeout_seconds: 5", "{certificate: mapping.yaml, key: mapping.yaml}", null, null)]
    [InlineData("timeout_seconds: 5", "authority: mapping.yaml", "server.authority", "expected PEM certificates")]
    [InlineData("timeout_seconds: 5", "token_file: mapping.yaml", "server.token_file", "expected one line with a bearer token")]
    [InlineData("timeout_seconds: 5", "token_file: none", "server.token_file", "no such file")]
    [InlineData("city: address", "town: address", "person.fields.town", "the catalogue has no such field for person")]
    [InlineData("city: address.city", "city: adress.city", "person.fields.city", "R4 has no element 'adress' there; did you mean 'address'?")]
    [InlineData("address.city.first()", "address.city.first(", "person.fields.city", "not a FHIRPath that can be used on Patient")]
    [InlineData("address.city.first()", "address.city.eerste()", "person.fields.city", "Unknown symbol 'eerste'")]
    [InlineData("address.city.first()", "address.city.trace('x')", "person.fields.city", "trace() writes")]
    [InlineData("{path: gender, map: {male: male}}", "{path: gender, map: {male: man}}", "person.fields.gender.map.male", "not a value of gender")]
    [InlineData("{path: gender, map: {male: male}}", "{path: gender, constant: male}", "person.fields.gender", "expected one of 'path' or 'constant'")]
    [InlineData("{path: gender, map: {male: male}}", "{column: gender}", "person.fields.gender.column", "no such key")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?active=true", "household.search", "without it the search finds the data of all")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPersoon?patient={client}", "household.search", "is no resource type of R4")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?patient", "household.search", "expected parameters as name=value")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?patient={client}&_summary=count", "household.search", "_summary cannot be used")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?patient=Patient/{client}&%5Fsummary=count", "household.search", "_summary cannot be used")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?patient=Patient/{client}&_summary:x=count", "household.search", "_summary cannot be used")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?patient=Patient/{client}&_count=0", "household.search", "1 or more")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?patient=Patient/{client}&_count=%30", "household.search", "1 or more")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "RelatedPerson?patient=Patient/{client}&_elements=id,patient", "household.search", "_elements cannot be used")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "Organization?name={client}", "household.search", "nobody can tell whose it is")]
    [InlineData("clients: {}", "clients: {search: 'Patient?_id={client}'}", "clients.search", "this search finds all clients")]
    [InlineData("clients: {}", "clients: {fields: {client_id: id}}", "clients.fields.client_id", "the catalogue has no such field for clients")]
    [InlineData("facts: {}", "facts: {search: 'Flag?patient={client}'}", "facts.search", "expected a search of Patient")]
    [InlineData("facts: {}", "facts: {fields: {states: {Actief: active}}}", "facts.fields.states.Actief", "lower-case letters")]
    [InlineData("clients: {}", "clients: {follow: [generalPractitioner]}", "clients.follow", "no such key")]
    [InlineData("RelatedPerson?patient=Patient/{client}", "Encounter?subject=Patient/{client}", "household.leave_out", "R4 has no element 'active' there")]
    [InlineData("facts: {}", "facts: {leave_out: active}", "facts.leave_out", "no such key")]
    [InlineData("max_pages: 3", "max_pages: 0", "household.max_pages", "1 to 100000")]
    [InlineData("[managingOrganization]", "managingOrganization", "involvement.follow", "expected a list")]
    [InlineData("status = 'planned'", "state = 'planned'", "involvement.leave_out", "R4 has no element 'state' there; did you mean 'status'?")]
    public void A_fault_is_told_with_its_line_and_what_was_expected(string from, string to, string? key, string? message)
    {
        if (key is null)
        {
            (to, key, message) = ("certificate: mapping.yaml\n  key: mapping.yaml", "server.certificate", "expected a PEM certificate");
        }

        var text = Whole.With(from, to);
        var fault = Assert.Throws<MappingException>(() => FhirMapping.Load(_folder.Write("mapping.yaml", text)));

        var told = Assert.Single(fault.Faults, f => f.Key == key);
        Assert.Contains(message!, told.Message, StringComparison.Ordinal);
        Assert.Equal(Mappings.LineOf(text, to.Split('\n')[0]), told.Line);
        Assert.DoesNotContain("geheimpje", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once_in_the_order_of_the_file()
    {
        var text = Whole.With("timeout_seconds: 5", "timeout_seconds: x").With("city: address", "town: address").With("max_pages: 3", "max_pages: x");

        var fault = Assert.Throws<MappingException>(() => FhirMapping.Load(_folder.Write("mapping.yaml", text)));

        Assert.Equal(["server.timeout_seconds", "person.fields.town", "household.max_pages"], fault.Faults.Select(f => f.Key));
    }

    [Fact]
    public void Http_is_accepted_to_this_machine_itself() =>
        Assert.Equal("http://localhost:8080/r4/", FhirMapping.Load(_folder.Write("mapping.yaml", Whole.With("https://fhir.intern.example/r4", "http://localhost:8080/r4"))).Server.Base.ToString());

    [Fact]
    public void A_file_that_is_not_there_is_a_fault_of_its_own() =>
        Assert.Contains("cannot be read", Assert.Throws<MappingException>(() => FhirMapping.Load(_folder.File("none.yaml"))).Message, StringComparison.Ordinal);
}
