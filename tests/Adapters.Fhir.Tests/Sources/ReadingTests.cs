using Keten.Adapters.Fhir.Tests.Support;
using Keten.Adapters.Sdk.Ports;
using Keten.Protocol.V1;
using Keten.TestKit.Pki;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Fhir.Tests.Sources;

/// <summary>From a FHIR server that nobody here wrote, with resources as nl-core has them.</summary>
public sealed class ReadingTests(SharedFhirServer shared) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_patient_of_nl_core_becomes_a_person_without_a_word_in_the_mapping()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(server);

        Assert.Equal(
            new Person
            {
                GivenNames = "Marloes Anna", Initials = "M.A.", FamilyNamePrefix = "van der", FamilyName = "Linde", BirthDate = "1989-03-12", Gender = "female",
                Street = "Kastanjelaan", HouseNumber = "14", HouseNumberAddition = "a", PostalCode = "2791 KT", City = "Waterveld", Phone = "06-00000001",
                Email = "m@voorbeeld.example", Language = "nl", InterpreterNeeded = false, SecretAddress = false,
            },
            await source.Person.GetAsync("marloes", Stop));
        Assert.DoesNotContain(source.Logs.Lines, l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task What_is_not_there_is_absent_and_a_whole_address_line_is_not_taken_for_a_street()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(server);

        Assert.Equal(
            new Person { GivenNames = "Sam", FamilyName = "Haverkamp", Gender = "male", City = "Waterveld", SecretAddress = true }, await source.Person.GetAsync("sam", Stop));
        Assert.Null(await source.Person.GetAsync("nobody", Stop));
        Assert.DoesNotContain(source.Logs.Lines, l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task The_household_leaves_out_who_is_labelled_secret_or_is_no_longer_there()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(server);

        Assert.Equal(
            [new HouseholdRelation { RelationId = "fenna", RelationType = "Daughter", RelatedPerson = "Fenna Haverkamp", ValidFrom = "2017-06-20" }],
            await source.Household.GetAsync("marloes", Stop));
        Assert.Equal("broer", Assert.Single(await source.Household.GetAsync("sam", Stop)).RelationType);
        Assert.Empty(await source.Household.GetAsync("nobody", Stop));
    }

    [Fact]
    public async Task Involvements_come_newest_first_with_whom_to_call_and_without_what_nobody_may_learn_of()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(server);

        var desk = new Involvement
        {
            Organisation = "Wijkteam Waterveld-Oost", OrganisationType = "wijkteam", ContactDesk = "Loket", ContactPhone = "088-0000000", ContactEmail = "loket@wijkteam.example",
        };
        Assert.Equal(
            [
                new Involvement(desk) { InvolvementId = "nieuw", ContactProfessional = "S. Blom", StartedOn = "2026-01-12", Status = "active" },
                new Involvement(desk) { InvolvementId = "oud", ContactProfessional = "Team Oost", StartedOn = "2024-01-01", EndedOn = "2024-06-30", Status = "ended" },
            ],
            await source.Involvement.GetAsync("marloes", Stop));
    }

    [Fact]
    public async Task A_label_says_that_an_address_is_secret_and_without_any_label_nobody_knows()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(server);

        var marloes = await source.Facts.GetAsync("marloes", Stop);
        Assert.Equal((false, new DateOnly(1989, 3, 12)), (marloes.SecretAddress, marloes.BirthDate));
        var sam = await source.Facts.GetAsync("sam", Stop);
        Assert.Equal((true, null), (sam.SecretAddress, sam.BirthDate));
        Assert.Null((await source.Facts.GetAsync("without-number", Stop)).SecretAddress);
        Assert.Equal(PersonFacts.Unknown, await source.Facts.GetAsync("nobody", Stop));
    }

    [Fact]
    public async Task Only_patients_with_one_real_number_are_clients_to_others_page_after_page()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(server);

        var all = await source.Clients.ReadAllAsync(Stop).ToListAsync(Stop);

        Assert.Equal([new OwnClient("marloes", "999912008"), new OwnClient("sam", "999912021")], all.OrderBy(c => c.ClientId));
        Assert.Contains("2 Patients have no number that is a BSN, or more than one", source.Logs.All, StringComparison.Ordinal);
        Assert.Contains(server.Requests, r => r.StartsWith("GET /r4?page=", StringComparison.Ordinal));
        Assert.Equal("999912021", (await source.Clients.FindAsync("sam", Stop))!.Bsn);
        Assert.Null(await source.Clients.FindAsync("two-numbers", Stop));
        Assert.Null(await source.Clients.FindAsync("merged", Stop));
        Assert.Null(await source.Clients.FindAsync("nobody", Stop));
    }

    [Fact]
    public async Task No_number_and_no_id_is_in_an_address_and_nothing_of_a_person_in_the_log()
    {
        await using var server = await FhirServerProcess.StartAsync(pageSize: 1);
        await using var source = await StartAsync(server);
        await source.Clients.ReadAllAsync(Stop).ToListAsync(Stop);
        await source.Clients.FindAsync("marloes", Stop);
        await source.Person.GetAsync("marloes", Stop);
        await source.Household.GetAsync("marloes", Stop);
        await source.Involvement.GetAsync("marloes", Stop);
        await source.Facts.GetAsync("marloes", Stop);

        Assert.All(server.Requests, r => Assert.Matches("^(GET /r4/metadata|POST /r4/[A-Za-z]+/_search|GET /r4\\?page=[0-9a-f-]{36})$", r));
        Assert.DoesNotContain("9999", source.Logs.All, StringComparison.Ordinal);
        Assert.DoesNotContain("marloes", source.Logs.All, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("marloes,sam")]
    [InlineData("marloes&_id=sam")]
    [InlineData("Patient/marloes")]
    [InlineData("marloes ")]
    [InlineData("")]
    [InlineData("marloes\0")]
    [InlineData("{client}")]
    [InlineData("ｍarloes")]
    public async Task An_id_is_only_ever_a_value(string id)
    {
        await using var server = await FhirServerProcess.StartAsync();
        await using var source = await StartAsync(server);

        Assert.Null(await source.Clients.FindAsync(id, Stop));
        Assert.Null(await source.Person.GetAsync(id, Stop));
        Assert.Empty(await source.Household.GetAsync(id, Stop));
        Assert.Empty(await source.Involvement.GetAsync(id, Stop));
        Assert.Equal(PersonFacts.Unknown, await source.Facts.GetAsync(id, Stop));
    }

    [Fact]
    public async Task A_server_that_does_not_tell_ids_apart_is_found_out()
    {
        var server = await shared.StartedAsync();
        await using var source = await StartAsync(server);

        Assert.Equal("subject", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Clients.FindAsync("MARLOES", Stop))).Code);
        Assert.Equal("subject", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("MARLOES", Stop))).Code);
    }

    [Fact]
    public async Task A_mapping_of_its_own_goes_before_nl_core_field_by_field()
    {
        var server = await shared.StartedAsync();
        var mapping = Mappings.Standard(server.Base)
            .With("person: {}", """
                person:
                  fields:
                    city: {path: "address.where(use = 'home').last().city", map: {waterveld: Waterveld aan Zee}}
                    phone: '{}'
                    language: {constant: fr}
                """)
            .With("facts: {}", """
                facts:
                  fields:
                    states:
                      measure_active: identifier.where(system = 'urn:oid:1.2.3').exists()
                    consent: {path: "identifier.where(system = 'urn:oid:1.2.3').value", map: {M-17: given}, when_null: none}
                """);
        await using var source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", mapping));

        var person = (await source.Person.GetAsync("marloes", Stop))!;
        Assert.Equal(("Waterveld aan Zee", false, "fr", "Linde"), (person.City, person.HasPhone, person.Language, person.FamilyName));
        var (marloes, sam) = (await source.Facts.GetAsync("marloes", Stop), await source.Facts.GetAsync("sam", Stop));
        Assert.Equal((true, "given", false), (marloes.States["measure_active"], marloes.Consent, marloes.SecretAddress));
        Assert.Equal((false, "none", true), (sam.States["measure_active"], sam.Consent, sam.SecretAddress));
    }

    [Fact]
    public async Task A_value_the_mapping_does_not_know_is_left_out_and_as_a_fact_refused_and_told_without_the_value()
    {
        var server = await shared.StartedAsync();
        var mapping = Mappings.Standard(server.Base)
            .With("person: {}", "person: {fields: {gender: name.given, birth_date: name.family, initials: name, city: \"birthDate & 'x'\"}}")
            .With("facts: {}", "facts: {fields: {child_objects: gender}}");
        await using var source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", mapping));

        var person = (await source.Person.GetAsync("marloes", Stop))!;
        Assert.Equal((false, false, false, false, "Linde"), (person.HasGender, person.HasBirthDate, person.HasInitials, person.HasCity, person.FamilyName));
        Assert.Equal(4, source.Logs.Lines.Count(l => l.Level == LogLevel.Warning));
        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Facts.GetAsync("marloes", Stop));
        Assert.Equal(("facts", "value"), (fault.Port, fault.Code));
        Assert.Contains("facts.fields.child_objects", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Marloes", source.Logs.All + fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_organisation_changes_is_read_at_once()
    {
        await using var server = await FhirServerProcess.StartAsync();
        await using var source = await StartAsync(server);
        Assert.Equal("Haverkamp", (await source.Person.GetAsync("sam", Stop))!.FamilyName);

        await server.PutAsync("Patient/sam", """{"resourceType": "Patient", "id": "sam", "name": [{"family": "Nieuw"}]}""");

        Assert.Equal(new Person { FamilyName = "Nieuw" }, await source.Person.GetAsync("sam", Stop));
    }

    [Fact]
    public async Task A_server_that_goes_away_is_one_typed_error()
    {
        await using var server = await FhirServerProcess.StartAsync();
        await using var source = await StartAsync(server);
        await server.StopAsync();

        var faults = new[]
        {
            await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("marloes", Stop)),
            await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Facts.GetAsync("marloes", Stop)),
            await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Involvement.GetAsync("marloes", Stop)),
            await Assert.ThrowsAsync<SourceUnavailableException>(async () => await source.Clients.ReadAllAsync(Stop).ToListAsync(Stop)),
        };

        Assert.Equal([("person", "network"), ("facts", "network"), ("involvement", "network"), ("clients", "network")], faults.Select(f => (f.Port, f.Code)));
        Assert.All(faults, f => Assert.Null(f.InnerException));
    }

    [Fact]
    public async Task Client_certificate_and_token_go_along_and_a_new_token_needs_no_restart()
    {
        using var pki = new TestFederation();
        var (server, file) = (await FhirServerProcess.StartAsync("eerste.token", pki), _folder.Write("token", "eerste.token\n"));
        await using var stopped = server;
        var own = pki.Good(81);
        var mapping = Mappings.Standard(server.Base).With("clients: {}", $"""
              certificate: {own.CertificatePath}
              key: {own.KeyPath}
              authority: {pki.TrustAnchors}
              token_file: token
            clients: {"{}"}
            """);
        await using var source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", mapping));
        Assert.Equal("Linde", (await source.Person.GetAsync("marloes", Stop))!.FamilyName);

        await File.WriteAllTextAsync(file, "tweede.token", Stop);
        var refused = await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("marloes", Stop));
        Assert.Equal("HTTP 401", refused.Code);
        Assert.DoesNotContain("tweede", refused.ToString() + source.Logs.All, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal("token", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("marloes", Stop))).Code);
        await File.WriteAllTextAsync(file, "eerste.token", Stop);
        Assert.NotNull(await source.Person.GetAsync("marloes", Stop));
    }

    private Task<RunningSource> StartAsync(FhirServerProcess server) => RunningSource.StartAsync(_folder.Write("mapping.yaml", Mappings.Standard(server.Base)));
}
