using System.Net;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Keten.Client;
using Keten.Contracts.Fhir;
using Keten.TestKit;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>What a client nobody here wrote gets: <c>Hl7.Fhir.Rest.FhirClient</c> over mTLS, through the gateway, to an adapter.</summary>
[Collection(nameof(FhirFederation))]
public sealed class FhirClientTests(FhirFederation running)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ResourceFormat.Json)]
    [InlineData(ResourceFormat.Xml)]
    public async Task Finds_a_patient_by_pseudonym_and_reads_it_by_the_id_it_got(ResourceFormat format)
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask, format: format);
        var found = Assert.IsType<Patient>(Assert.Single((await SearchAsync<Patient>(client, ask))!.Entry).Resource);
        Assert.Equal(("van der Voorbeeld", "2016-10-10", AdministrativeGender.Female), (found.Name[0].Family, found.BirthDate, found.Gender));
        Assert.Equal((FhirNames.PseudonymSystem, ask.Subject!.Value.Value), (Assert.Single(found.Identifier).System, found.Identifier[0].Value));
        Assert.Empty(found.Meta!.Tag);

        var read = await client.ReadAsync<Patient>($"Patient/{found.Id}", ct: Stop);
        Assert.True(found.IsExactly(read!));
    }

    [Fact]
    public async Task Every_address_in_an_answer_is_the_gateways_and_none_holds_the_pseudonym()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        var bundle = await SearchAsync<Patient>(client, ask);
        Assert.All(bundle!.Entry.Select(e => e.FullUrl).Append(bundle.SelfLink!.ToString()), url =>
        {
            Assert.StartsWith(running.Base.ToString(), url, StringComparison.Ordinal);
            Assert.DoesNotContain(ask.Subject!.Value.Value[3..], url, StringComparison.Ordinal);
        });
        Assert.Null(bundle.Total);
    }

    [Fact]
    public async Task Finds_the_household_and_reads_one_relation_of_it()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        var relations = (await SearchAsync<RelatedPerson>(client, ask, "patient:identifier"))!.Entry.Select(e => (RelatedPerson)e.Resource!).ToList();
        Assert.Equal(["ouder", "broer"], relations.Select(r => r.Relationship[0].Text));

        var read = await client.ReadAsync<RelatedPerson>($"RelatedPerson/{relations[1].Id}", ct: Stop);
        Assert.Equal(("k1.SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSA", "2024-01-01"), (read!.Identifier.Single(i => i.System == FhirNames.PseudonymSystem).Value, read.Period!.End));
        Assert.Empty(read.Name);
        Assert.NotNull(await client.ReadAsync<Patient>(read.Patient.Reference!, ct: Stop));
    }

    [Fact]
    public async Task The_household_is_also_found_by_the_patients_id_in_a_plain_get()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        var patient = (await SearchAsync<Patient>(client, ask))!.Entry[0].Resource!;
        var bundle = await client.SearchAsync<RelatedPerson>([$"patient=Patient/{patient.Id}"], ct: Stop);
        Assert.Equal(2, bundle!.Entry.Count);
        Assert.Empty((await client.SearchAsync<RelatedPerson>([$"patient=Patient/{new string('0', 40)}"], ct: Stop))!.Entry);
    }

    [Fact]
    public async Task Finds_the_involvement_with_whom_to_call_and_what_is_masked_says_so()
    {
        var ask = await running.SafetyAsync() with { Fields = ["contact_desk", "started_on"] };
        using var client = running.Client(ask);
        var episode = (EpisodeOfCare)(await SearchAsync<EpisodeOfCare>(client, ask, "patient:identifier"))!.Entry[0].Resource!;
        Assert.Equal("2026-01-01", episode.Period!.Start);
        Assert.Null(episode.Status);
        Assert.Equal("masked", episode.StatusElement!.Extension.Single(e => e.Url!.EndsWith("data-absent-reason", StringComparison.Ordinal)).Value!.ToString());
        Assert.Equal("Loket", ((Organization)episode.Contained[0]).Contact[0].Name!.Text);
        Assert.Equal("SUBSETTED", Assert.Single(episode.Meta!.Tag).Code);
    }

    [Fact]
    public async Task A_secret_address_stays_with_the_organisation_and_the_resource_says_it_is_not_whole()
    {
        var ask = await running.ReuseAsync("sam");
        using var client = running.Client(ask, "wijkteam");
        var patient = (Patient)(await SearchAsync<Patient>(client, ask))!.Entry[0].Resource!;
        Assert.Equal("Voorbeeld", patient.Name[0].Family);
        Assert.Empty(patient.Address);
        Assert.Equal("SUBSETTED", Assert.Single(patient.Meta!.Tag).Code);
    }

    [Fact]
    public async Task A_version_the_caller_has_is_not_sent_again()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        var patient = (await SearchAsync<Patient>(client, ask))!.Entry[0].Resource!;
        using var http = running.Http(ask: ask);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"Patient/{patient.Id}") { Headers = { { "If-None-Match", $"W/\"{patient.Meta!.VersionId}\"" } } };
        using var answer = await http.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal($"W/\"{patient.Meta.VersionId}\"", answer.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task An_id_is_of_no_use_to_another_caller_or_for_another_person()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        var id = (await SearchAsync<Patient>(client, ask))!.Entry[0].Resource!.Id;

        var reuse = await running.ReuseAsync("noor");
        using var wijkteam = running.Client(reuse, "wijkteam");
        await RefusedAsync(HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND", () => wijkteam.ReadAsync<Patient>($"Patient/{id}", ct: Stop));
        using var other = running.Client(await running.SafetyAsync("sam"));
        await RefusedAsync(HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND", () => other.ReadAsync<Patient>($"Patient/{id}", ct: Stop));
    }

    [Fact]
    public async Task A_denial_of_the_policy_is_an_operation_outcome_with_the_reason_and_both_languages()
    {
        using var client = running.Client(await running.SafetyAsync() with { Purpose = "zvh-casusoverleg" });
        var refused = await RefusedAsync(HttpStatusCode.Forbidden, "CATEGORY_NOT_FOR_CALLER", () => client.SearchAsync<Patient>([], ct: Stop));
        Assert.Equal(OperationOutcome.IssueType.Forbidden, refused.Outcome!.Issue[0].Code);
        Assert.Contains(running.LastDecision().DecisionId, refused.Outcome.Issue[0].Diagnostics, StringComparison.Ordinal);
        Assert.Equal("nl", refused.Outcome.Issue[0].Details!.TextElement!.Extension[0].Extension[0].Value!.ToString());
    }

    [Fact]
    public async Task A_question_without_a_purpose_is_an_operation_outcome()
    {
        using var client = running.Client(await running.SafetyAsync() with { Purpose = "" });
        await RefusedAsync(HttpStatusCode.BadRequest, "METADATA_MISSING", () => client.SearchAsync<Patient>([], ct: Stop));
    }

    [Fact]
    public async Task A_question_about_somebody_the_caller_is_not_involved_with_is_refused()
    {
        using var client = running.Client(await running.SafetyAsync("mo"));
        await RefusedAsync(HttpStatusCode.Forbidden, "CALLER_NOT_INVOLVED", () => client.SearchAsync<Patient>([], ct: Stop));
    }

    [Fact]
    public async Task The_decision_and_how_it_ended_are_on_the_record_as_for_grpc()
    {
        var ask = await running.SafetyAsync();
        using var client = running.Client(ask);
        await SearchAsync<Patient>(client, ask);
        var decision = running.LastDecision();
        Assert.Equal(("/keten.person.v1.PersonService/GetPerson", "naw", "read", true, ask.Subject!.Value.Value),
            (decision.Operation, decision.Category, decision.Action, decision.Allowed, decision.Subject));
        await Within.SecondsAsync(10, () => running.OutcomeOf(decision.DecisionId) is not null, "the outcome");
        var outcome = running.OutcomeOf(decision.DecisionId)!;
        Assert.Equal((0, 200, true), (outcome.GrpcStatus, outcome.HttpStatus, outcome.Fields.Contains("street")));
    }

    [Fact]
    public async Task What_the_adapter_offers_is_told_without_a_purpose_and_holds_only_what_its_ports_have()
    {
        using var http = running.Http();
        using var client = new FhirClient(running.Base, http, new FhirClientSettings { PreferredFormat = ResourceFormat.Xml });
        var statement = await client.CapabilityStatementAsync(SummaryType.True, Stop);
        Assert.Equal(FHIRVersion.N4_0_1, statement!.FhirVersion);
        Assert.Equal(["AuditEvent", "CarePlan", "EpisodeOfCare", "Goal", "Patient", "RelatedPerson", "Task"], statement.Rest[0].Resource.Select(r => r.Type!).Order(StringComparer.Ordinal));
        Assert.Equal(running.Base.ToString().TrimEnd('/'), statement.Implementation!.Url);
        Assert.Equal(["RelatedPerson:patient", "EpisodeOfCare:patient"], statement.Rest[0].Resource.SelectMany(r => r.SearchInclude));
    }

    private static Task<Bundle?> SearchAsync<T>(FhirClient client, Ask ask, string parameter = "identifier")
        where T : Resource, new() =>
        client.SearchUsingPostAsync<T>(new SearchParams(parameter, $"{FhirNames.PseudonymSystem}|{ask.Subject!.Value.Value}"), Stop);

    private static async Task<FhirOperationException> RefusedAsync(HttpStatusCode status, string reason, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<FhirOperationException>(call);
        Assert.Equal((status, reason), (refused.Status, refused.Outcome!.Issue[0].Details!.Coding[0].Code!));
        return refused;
    }
}
