using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Keten.Client;
using Keten.Protocol.V1;
using Person = Keten.Protocol.V1.Person;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Fhir.Tests.EndToEnd;

/// <summary>An organisation with a FHIR server is a participant as any other: through its adapter and the gateway, over gRPC and over FHIR.</summary>
public sealed class FederationTests(FederationOfFhirServers servers)
{
    [Fact]
    public async Task Name_and_address_household_and_involvement_come_over_grpc()
    {
        var running = await servers.StartedAsync();
        var (gateway, ask) = (running.Federation.Systems["vt"].Gateway, await running.SafetyAsync("gemeente"));

        Assert.Equal(
            new Person
            {
                GivenNames = "Noor", FamilyNamePrefix = "van der", FamilyName = "Voorbeeld", BirthDate = "2016-10-10", Gender = "female", Street = "Dijk", HouseNumber = "1",
                PostalCode = "1234 AB", City = "Elders", Phone = "06-00000001",
            },
            (await gateway.GetPersonAsync(ask)).Data);
        Assert.Equal(
            new HouseholdRelation { RelationId = "mo", RelationType = "ouder", RelatedPerson = "Mo Voorbeeld", ValidFrom = "2016-10-10" },
            Assert.Single((await gateway.GetHouseholdAsync(ask)).Data));
        var involvement = Assert.Single((await gateway.GetInvolvementAsync(ask)).Data);
        Assert.Equal(("Gemeente Test", "gemeente", "2026-01-01", "active"), (involvement.Organisation, involvement.OrganisationType, involvement.StartedOn, involvement.Status));
    }

    [Fact]
    public async Task The_same_comes_over_fhir_with_the_pseudonym_and_without_the_number_or_the_ids_of_the_server()
    {
        var running = await servers.StartedAsync();
        using var client = running.FhirClient(await running.SafetyAsync("gemeente"));

        var patient = await OneAsync<Patient>(client);
        var relation = await OneAsync<RelatedPerson>(client);
        var episode = await OneAsync<EpisodeOfCare>(client);

        Assert.Equal(("van der Voorbeeld", "2016-10-10", "1234 AB"), (patient.Name[0].Family, patient.BirthDate, patient.Address[0].PostalCode));
        Assert.NotEqual("gemeente-noor", patient.Id);
        Assert.DoesNotContain(patient.Identifier, i => i.System!.Contains("bsn", StringComparison.Ordinal) || i.Value == "999912112");
        Assert.Equal($"Patient/{patient.Id}", new ResourceIdentity(relation.Patient.Reference).MakeRelative().OriginalString);
        Assert.Equal(("Mo Voorbeeld", "Gemeente Test"), (relation.Name[0].Text, ((Organization)episode.Contained[0]).Name));
    }

    [Fact]
    public async Task An_address_that_the_server_labels_secret_stays_there()
    {
        var running = await servers.StartedAsync();

        var person = (await running.Federation.Systems["wijkteam"].Gateway.GetPersonAsync(await running.ReuseAsync("sam"))).Data;

        Assert.Equal(("Voorbeeld", false, false), (person.FamilyName, person.HasPostalCode, person.HasCity));
        Assert.True((await running.Federation.Systems["wijkteam"].Gateway.GetPersonAsync(await running.ReuseAsync("noor"))).Data.HasCity);
    }

    [Fact]
    public async Task A_server_that_is_down_is_refused_as_a_database_that_is_down()
    {
        var running = await servers.StartedAsync();
        await running.OfWijkteam.StopAsync();
        File.Move(running.DatabaseOf("buurgemeente"), running.DatabaseOf("buurgemeente") + ".gone");

        var gateway = running.Federation.Systems["vt"].Gateway;
        var server = await Assert.ThrowsAsync<KetenException>(async () => await gateway.GetPersonAsync(await running.SafetyAsync("wijkteam")));
        var database = await Assert.ThrowsAsync<KetenException>(async () => await gateway.GetPersonAsync(await running.SafetyAsync("buurgemeente")));

        Assert.Equal("SOURCE_UNAVAILABLE", server.ReasonCode);
        Assert.Equal((database.ReasonCode, database.Status, database.Message, database.DutchMessage), (server.ReasonCode, server.Status, server.Message, server.DutchMessage));
        using var client = running.FhirClient(await running.SafetyAsync("wijkteam"));
        var refused = await Assert.ThrowsAsync<FhirOperationException>(() => OneAsync<Patient>(client));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Equal("SOURCE_UNAVAILABLE", refused.Outcome!.Issue[0].Details!.Coding[0].Code);
    }

    private static async Task<T> OneAsync<T>(FhirClient client)
        where T : Resource, new() =>
        (T)Assert.Single((await client.SearchUsingPostAsync(new SearchParams(), new T().TypeName, TestContext.Current.CancellationToken))!.Entry).Resource!;
}
