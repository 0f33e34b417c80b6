using Keten.Adapters.Fhir.Tests.Support;
using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Fhir.Tests.Sources;

/// <summary>Resources that are not quite what R4 or nl-core has: what is secret stays so, and what counts today is found.</summary>
public sealed class OddResourceTests : IAsyncLifetime
{
    private const string Confidentiality = "\"system\": \"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\"";

    private readonly TempFolder _folder = new();
    private ScriptedServer _server = null!;
    private RunningSource _source = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", Mappings.Standard(_server.Base)));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("\"code\": \"r\"")]
    [InlineData("\"code\": \"restricted\"")]
    [InlineData("\"code\": 5")]
    [InlineData("\"display\": \"restricted\"")]
    public async Task A_label_with_a_code_nobody_knows_says_neither_secret_nor_not(string code)
    {
        foreach (var others in (string[])["", $$""", {{{Confidentiality}}, "code": "N"}"""])
        {
            Patient($$"""
                "meta": {"security": [{{{Confidentiality}}, {{code}}}{{others}}]}
                """);

            await Assert.ThrowsAsync<SourceUnavailableException>(() => _source.Facts.GetAsync("a", Stop));
            Relation($$"""
                "meta": {"security": [{{{Confidentiality}}, {{code}}}{{others}}]}
                """);
            await AssertNoneAsync(() => _source.Household.GetAsync("a", Stop));
        }
    }

    [Theory]
    [InlineData("U", false)]
    [InlineData("L", false)]
    [InlineData("M", false)]
    [InlineData("N", false)]
    [InlineData("R", true)]
    [InlineData("V", true)]
    public async Task A_label_with_a_code_of_the_code_system_says_whether_an_address_is_secret(string code, bool isSecret)
    {
        Patient($$"""
            "meta": {"security": [{{{Confidentiality}}, "code": "{{code}}"}]}
            """);
        Assert.Equal(isSecret, (await _source.Facts.GetAsync("a", Stop)).SecretAddress);
        Assert.Equal(isSecret, (await _source.Person.GetAsync("a", Stop))!.SecretAddress);
    }

    [Fact]
    public async Task A_person_with_a_label_with_a_code_nobody_knows_is_not_said_to_have_no_secret_address()
    {
        Patient($$"""
            "meta": {"security": [{{{Confidentiality}}, "code": "r"}]}
            """);
        Assert.False((await _source.Person.GetAsync("a", Stop))!.HasSecretAddress);
    }

    [Theory]
    [InlineData("\"active\": \"false\"")]
    [InlineData("\"active\": 0")]
    [InlineData("\"active\": false")]
    [InlineData("\"meta\": \"R\"")]
    [InlineData("\"meta\": 5")]
    [InlineData("\"meta\": [{\"security\": []}]")]
    [InlineData("\"meta\": {\"security\": \"R\"}")]
    [InlineData("\"meta\": {\"security\": [\"R\"]}")]
    [InlineData("\"meta\": {\"security\": [{\"system\": 5, \"code\": \"R\"}]}")]
    public async Task A_relation_that_may_be_one_to_leave_out_is_not_told(string element)
    {
        Relation(element);

        await AssertNoneAsync(() => _source.Household.GetAsync("a", Stop));
    }

    [Theory]
    [InlineData("\"status\": \"entered_in_error\"")]
    [InlineData("\"status\": 5")]
    [InlineData("\"status\": \"cancelled\"")]
    [InlineData("\"note\": []")]
    [InlineData("\"status\": \"active\", \"meta\": \"R\"")]
    public async Task An_involvement_that_may_be_one_to_leave_out_is_not_told(string element)
    {
        Answer($$"""{"resourceType": "EpisodeOfCare", "id": "e", "patient": {"reference": "Patient/a"}, {{element}}}""");

        await AssertNoneAsync(() => _source.Involvement.GetAsync("a", Stop));
    }

    [Theory]
    [InlineData("\"active\": \"false\"")]
    [InlineData("\"active\": 0")]
    [InlineData("\"meta\": \"R\"")]
    public async Task A_patient_who_may_be_nobodys_client_is_not_one_and_keeps_no_other_away(string element)
    {
        Answer(Client("a", element), Client("b", "\"active\": true"));

        Assert.Equal("b", Assert.Single(await _source.Clients.ReadAllAsync(Stop).ToListAsync(Stop)).ClientId);
    }

    [Theory]
    [InlineData("\"meta\": \"R\"")]
    [InlineData("\"meta\": {\"tag\": [{\"code\": \"SUBSETTED\"}]}")]
    public async Task A_patient_whose_labels_may_not_all_be_there_is_refused(string element)
    {
        Patient(element);

        await Assert.ThrowsAsync<SourceUnavailableException>(() => _source.Person.GetAsync("a", Stop));
        await Assert.ThrowsAsync<SourceUnavailableException>(() => _source.Facts.GetAsync("a", Stop));
    }

    [Fact]
    public async Task A_list_of_clients_may_be_of_patients_in_part()
    {
        Answer(Client("a", "\"meta\": {\"tag\": [{\"code\": \"SUBSETTED\"}]}"));

        Assert.Single(await _source.Clients.ReadAllAsync(Stop).ToListAsync(Stop));
    }

    [Fact]
    public async Task A_number_that_stands_twice_is_one_number()
    {
        const string Number = """{"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999912008"}""";
        Patient($"\"identifier\": [{Number}, {Number}]");

        Assert.Equal(new OwnClient("a", "999912008"), Assert.Single(await _source.Clients.ReadAllAsync(Stop).ToListAsync(Stop)));
    }

    [Fact]
    public async Task A_reference_that_is_no_text_is_no_answer()
    {
        Answer("""{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": 5}}""");
        Assert.Equal("form", (await Assert.ThrowsAsync<SourceUnavailableException>(() => _source.Household.GetAsync("a", Stop))).Code);

        Answer("""{"resourceType": "EpisodeOfCare", "id": "e", "status": "active", "patient": {"reference": "Patient/a"}, "managingOrganization": {"reference": 5}}""");
        Assert.Equal("form", (await Assert.ThrowsAsync<SourceUnavailableException>(() => _source.Involvement.GetAsync("a", Stop))).Code);
    }

    [Fact]
    public async Task Of_names_numbers_and_addresses_those_count_that_count_today()
    {
        Patient("""
            "name": [{"use": "official", "family": "Vroeger", "given": ["V"], "period": {"end": "2001-01-01"}}, {"use": "official", "family": "Straks", "period": {"start": "2999"}},
              {"use": "official", "family": "Nu", "given": ["Nora"], "period": {"start": "2001", "end": "2998"}}],
            "telecom": [{"system": "phone", "value": "06-00000001", "period": {"end": "2010-01-01"}}, {"system": "phone", "value": "06-00000002", "period": {"start": "2010-01-01"}},
              {"system": "email", "value": "straks@voorbeeld.example", "period": {"start": "2999-01"}}, {"system": "email", "value": "nu@voorbeeld.example"}],
            "address": [{"use": "home", "city": "Straks", "postalCode": "1111 AA", "period": {"start": "2999-01-01"}}, {"use": "home", "city": "Nu", "postalCode": "2222 BB", "period": {"start": "2001-02-03T10:00:00Z"}}]
            """);

        var person = (await _source.Person.GetAsync("a", Stop))!;

        Assert.Equal(("Nu", "Nora", "06-00000002", "nu@voorbeeld.example", "Nu", "2222 BB"), (person.FamilyName, person.GivenNames, person.Phone, person.Email, person.City, person.PostalCode));
    }

    [Fact]
    public async Task A_name_or_address_of_which_only_the_year_is_known_counts_in_that_year()
    {
        var year = DateTime.UtcNow.Year;
        Patient($$"""
            "name": [{"use": "official", "family": "Nu", "period": {"start": "{{year}}", "end": "{{year}}"} }], "address": [{"city": "Nu", "period": {"start": "{{year}}"} }]
            """);

        var person = (await _source.Person.GetAsync("a", Stop))!;

        Assert.Equal(("Nu", "Nu"), (person.FamilyName, person.City));
    }

    [Theory]
    [InlineData("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "DAUC")]
    [InlineData("urn:oid:2.16.840.1.113883.2.4.3.11.22.472", "01")]
    public async Task A_relation_without_words_is_told_by_its_code(string system, string code)
    {
        Relation($$"""
            "relationship": [{"coding": [{"system": "{{system}}", "code": "{{code}}"}]}]
            """);

        Assert.Equal(code, Assert.Single(await _source.Household.GetAsync("a", Stop)).RelationType);
    }

    [Fact]
    public async Task A_relation_that_is_sent_twice_is_one_relation_and_with_different_content_no_answer()
    {
        const string Relation = """{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/a"}, "relationship": [{"text": "moeder"}]}""";
        Answer(Relation, Relation);
        Assert.Single(await _source.Household.GetAsync("a", Stop));

        Answer(Relation, Relation.With("moeder", "vader"));
        Assert.Equal("value", (await Assert.ThrowsAsync<SourceUnavailableException>(() => _source.Household.GetAsync("a", Stop))).Code);
    }

    [Fact]
    public async Task What_was_searched_is_a_match_also_when_the_server_calls_it_included()
    {
        const string Included = """{"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": {"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/WHO"}}, "search": {"mode": "include"}}]}""";
        _server.Answer = ScriptedServer.Json(Included.With("WHO", "a"));
        Assert.Single(await _source.Household.GetAsync("a", Stop));

        _server.Answer = ScriptedServer.Json(Included.With("WHO", "b"));
        Assert.Equal("subject", (await Assert.ThrowsAsync<SourceUnavailableException>(() => _source.Household.GetAsync("a", Stop))).Code);
    }

    private static string Client(string id, string element) =>
        $$"""{"resourceType": "Patient", "id": "{{id}}", "identifier": [{"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999912008"}], {{element}}}""";

    private void Patient(string elements) => Answer($$"""{"resourceType": "Patient", "id": "a", {{elements}}}""");

    private void Relation(string elements) => Answer($$"""{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/a"}, {{elements}}}""");

    private void Answer(params string[] resources) => _server.Answer = ScriptedServer.Json(ScriptedServer.Searchset(resources));

    /// <summary>Left out, or no answer at all: either is as safe.</summary>
    private static async Task AssertNoneAsync<T>(Func<Task<IReadOnlyList<T>>> get)
    {
        var found = new List<T>();
        var fault = await Record.ExceptionAsync(async () => found.AddRange(await get()));

        Assert.Empty(found);
        Assert.True(fault is null or SourceUnavailableException, fault?.ToString());
    }
}
