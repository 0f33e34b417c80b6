using System.Net;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Hl7.Fhir.Serialization;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Demo;
using Keten.TestKit;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>What the gateway answers itself, and the logs: with a client nobody here wrote, over mTLS.</summary>
[Collection(nameof(FhirFederation))]
public sealed class OwnTypesTests(FhirFederation running)
{
    private const string NoId = "0000000000000000000000000000000000000000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Gemeente => running.Scenario.Participant("gemeente").Oin;

    [Fact]
    public async Task The_gateway_tells_without_a_purpose_what_it_answers_itself()
    {
        var root = running.BaseOf(Federation.GatewayOin.Value);
        using var client = new FhirClient(root, running.Http(), new FhirClientSettings { PreferredFormat = ResourceFormat.Json });
        var statement = (await client.CapabilityStatementAsync(SummaryType.True, Stop))!;
        Assert.Equal(root.ToString().TrimEnd('/'), statement.Implementation!.Url);
        Assert.Equal(["CareTeam", "Organization", "HealthcareService", "Endpoint", "AuditEvent"], statement.Rest[0].Resource.Select(r => r.Type!));
        Assert.All(statement.Rest[0].Resource, r => Assert.Equal(CapabilityStatement.ResourceVersionPolicy.Versioned, r.Versioning));
        Assert.Equal(["_id", "organization", "coverage-area", "characteristic", "_content"],
            statement.Rest[0].Resource.Single(r => r.Type == "HealthcareService").SearchParam.Select(p => p.Name!));
        Assert.Equal(("patient", SearchParamType.Reference),
            statement.Rest[0].Resource[0].SearchParam.Where(p => p.Name != "_id").Select(p => (p.Name!, p.Type!.Value)).Single());
    }

    [Fact]
    public async Task Who_else_is_involved_is_a_care_team_without_the_caller_and_without_who_is_shielded()
    {
        var ask = await running.InvolvedAsync();
        using var client = running.Client(ask, "wijkteam");
        var team = (CareTeam)Assert.Single((await SearchAsync<CareTeam>(client, ask))!.Entry).Resource!;

        var members = team.Contained.Cast<Organization>().ToList();
        Assert.Equal(["Gemeente Test", "Veilig Thuis Test"], members.Select(m => m.Name!).Order());
        Assert.Equal(team.Participant.Select(p => p.Member!.Reference), members.Select(m => "#" + m.Id));
        var gemeente = members.Find(m => m.Name == "Gemeente Test")!;
        Assert.Equal((FhirNames.OinSystem, Gemeente), (gemeente.Identifier[0].System, gemeente.Identifier[0].Value));
        Assert.Equal(("Matchpunt Gemeente Test", "088-0000000"), (gemeente.Contact[0].Name!.Text, gemeente.Contact[0].Telecom[0].Value));
        var participant = team.Participant.Find(p => p.Member!.Reference == "#" + gemeente.Id)!;
        Assert.Equal(("gemeente", "2026-03-01"), (participant.Role[0].Coding[0].Code!, participant.Period!.Start!));
        Assert.Equal((null, ask.Subject!.Value.Value), (team.Subject!.Reference, team.Subject.Identifier!.Value));
        Assert.Contains(team.Meta!.Tag, t => t.Code == "SUBSETTED");

        var read = await client.ReadAsync<CareTeam>($"CareTeam/{team.Id}", ct: Stop);
        Assert.True(team.IsExactly(read!));
        Assert.Equal("/keten.involvement.v1.InvolvementIndexService/ListInvolved", running.LastDecision().Operation);
    }

    [Fact]
    public async Task Who_is_shielded_sees_the_others()
    {
        var ask = await running.InvolvedAsync() with { ActorRole = "jeugdbeschermer" };
        using var client = running.Client(ask, "gi");
        var team = (CareTeam)(await SearchAsync<CareTeam>(client, ask))!.Entry[0].Resource!;
        Assert.Equal(["Gemeente Test", "Veilig Thuis Test", "Wijkteam Test"], team.Contained.Cast<Organization>().Select(m => m.Name!).Order());
    }

    [Fact]
    public async Task A_name_in_a_care_team_that_is_masked_says_so()
    {
        var ask = await running.InvolvedAsync() with { Fields = ["organisation_type", "contact_phone"] };
        using var client = running.Client(ask, "wijkteam");
        var team = (CareTeam)(await SearchAsync<CareTeam>(client, ask))!.Entry[0].Resource!;
        Assert.All(team.Contained.Cast<Organization>(), m =>
        {
            Assert.Empty(m.Identifier);
            Assert.Equal("masked", Assert.Single(m.NameElement!.Extension).Value!.ToString());
        });
        Assert.All(team.Participant, p => Assert.Null(p.Period));
    }

    [Fact]
    public async Task A_care_team_has_another_address_for_another_caller_and_another_person()
    {
        var ask = await running.InvolvedAsync();
        using var client = running.Client(ask, "wijkteam");
        var id = (await SearchAsync<CareTeam>(client, ask))!.Entry[0].Resource!.Id;
        using var sam = running.Client(await running.InvolvedAsync("sam"), "wijkteam");
        await RefusedAsync(HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND", () => sam.ReadAsync<CareTeam>($"CareTeam/{id}", ct: Stop));
        using var gi = running.Client(ask with { ActorRole = "jeugdbeschermer" }, "gi");
        await RefusedAsync(HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND", () => gi.ReadAsync<CareTeam>($"CareTeam/{id}", ct: Stop));
    }

    [Fact]
    public async Task Who_is_not_involved_gets_no_care_team()
    {
        using var client = running.Client(await running.InvolvedAsync("mo"), "wijkteam");
        await RefusedAsync(HttpStatusCode.Forbidden, "CALLER_NOT_INVOLVED", () => client.SearchAsync<CareTeam>([], ct: Stop));
    }

    [Fact]
    public async Task An_organisation_is_read_by_its_oin_without_a_person_and_leads_to_where_it_is_asked()
    {
        using var client = running.Client(FhirFederation.Directory());
        var organisation = (await client.ReadAsync<Organization>($"Organization/{Gemeente}", ct: Stop))!;
        Assert.Equal((FhirNames.OinSystem, Gemeente, "Gemeente Test", "gemeente"),
            (organisation.Identifier[0].System!, organisation.Identifier[0].Value!, organisation.Name!, organisation.Type[0].Coding[0].Code!));
        Assert.Empty(organisation.Meta!.Tag);
        Assert.Equal("", running.LastDecision().Subject);

        var endpoint = (await client.ReadAsync<Endpoint>(organisation.Endpoint[0].Reference!, ct: Stop))!;
        Assert.Equal(running.Base.ToString().TrimEnd('/'), endpoint.Address);
        Assert.Equal($"Organization/{Gemeente}", endpoint.ManagingOrganization!.Reference);
        Assert.Equal("hl7-fhir-rest", endpoint.ConnectionType.Code);
    }

    [Fact]
    public async Task The_address_of_an_endpoint_keeps_a_host_name_with_an_oin_in_it()
    {
        using var http = running.Http(ask: FhirFederation.Directory());
        http.DefaultRequestHeaders.Host = $"o{Federation.GatewayOin}.gateway.example:8443";
        var bundle = FhirJsonDeserializer.DEFAULT.Deserialize<Bundle>(await http.GetStringAsync(new Uri($"Endpoint?organization={Gemeente}", UriKind.Relative), Stop));
        Assert.Equal($"https://o{Federation.GatewayOin}.gateway.example:8443/{Gemeente}/fhir", ((Endpoint)bundle.Entry.Single().Resource!).Address);
    }

    [Theory]
    [InlineData("Organization", "identifier=urn:osb:oin|GEMEENTE", "Gemeente Test")]
    [InlineData("Organization", "_id=GEMEENTE", "Gemeente Test")]
    [InlineData("Organization", "type=veilig-thuis", "Veilig Thuis Test")]
    [InlineData("Organization", "type=https://ketengateway.example/fhir/CodeSystem/organisation-type|wijkteam", "Wijkteam Test")]
    [InlineData("Organization", "_id=GEMEENTE&type=wijkteam", "")]
    [InlineData("Organization", "_id=GEMEENTE&identifier=urn:osb:oin|00000099000000001004", "")]
    [InlineData("Organization", "_id=00000099000000009999", "")]
    [InlineData("HealthcareService", "organization=Organization/GEMEENTE", "Gemeente Test")]
    [InlineData("HealthcareService", "characteristic=crisis-reachable", "Veilig Thuis Test")]
    [InlineData("HealthcareService", "coverage-area:identifier=https://ketengateway.example/fhir/NamingSystem/region|Rijn %26 IJssel", "Veilig Thuis Test")]
    [InlineData("HealthcareService", "_content=WIJKTEAM-zaken", "Wijkteam Test")]
    [InlineData("HealthcareService", "_content=overleg&characteristic=crisis-reachable", "Veilig Thuis Test")]
    [InlineData("Endpoint", "organization=GEMEENTE", "Gemeente Test")]
    [InlineData("Endpoint", "organization=00000099000000001017", "")]
    public async Task The_directory_is_searched_in_a_url_by_what_it_has(string type, string query, string found)
    {
        using var http = running.Http(ask: FhirFederation.Directory());
        var body = await http.GetStringAsync(new Uri($"{type}?{query.Replace("GEMEENTE", Gemeente, StringComparison.Ordinal)}", UriKind.Relative), Stop);
        var bundle = FhirJsonDeserializer.STRICT.Deserialize<Bundle>(body);
        Assert.Equal(found.Split("none", StringSplitOptions.RemoveEmptyEntries), bundle.Entry.Select(e => e.Resource switch
        {
            Organization o => o.Name, HealthcareService s => s.ProvidedBy!.Display, _ => ((Endpoint)e.Resource!).Name,
        }));
        Assert.All(bundle.Entry, e => Assert.Equal($"{running.BaseOf(Federation.GatewayOin.Value)}{type}/{e.Resource!.Id}", e.FullUrl));
        Assert.True(Uri.IsWellFormedUriString(bundle.Link[0].Url, UriKind.Absolute), bundle.Link[0].Url);
    }

    [Fact]
    public async Task The_whole_directory_by_name_and_by_post_as_well()
    {
        using var client = running.Client(FhirFederation.Directory());
        var all = (await client.SearchAsync<Organization>([], ct: Stop))!.Entry.Select(e => ((Organization)e.Resource!).Name);
        Assert.Equal(["Gemeente Test", "GI Test", "Portaal Test", "Veilig Thuis Test", "Wijkteam Test"], all);
        var one = (await client.SearchUsingPostAsync<Organization>(new SearchParams("identifier", $"{FhirNames.OinSystem}|{Gemeente}"), Stop))!;
        Assert.Equal("Gemeente Test", ((Organization)Assert.Single(one.Entry).Resource!).Name);
    }

    [Fact]
    public async Task An_organisation_whose_number_is_kept_back_is_given_without_it()
    {
        using var client = running.Client(FhirFederation.Directory() with { Fields = ["organisation_type", "region", "expertise"] });
        var organisation = (Organization)(await client.SearchAsync<Organization>(["type=gemeente"], ct: Stop))!.Entry[0].Resource!;
        Assert.Equal("masked", organisation.NameElement!.Extension[0].Value!.ToString());
        Assert.DoesNotContain(Gemeente, FhirJsonSerializer.Default.SerializeToString(organisation), StringComparison.Ordinal);
        Assert.Contains(organisation.Meta!.Tag, t => t.Code == "SUBSETTED");
        Assert.Empty((await client.SearchAsync<Endpoint>([], ct: Stop))!.Entry);
        await RefusedAsync(HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND", () => client.ReadAsync<Organization>($"Organization/{Gemeente}", ct: Stop));
    }

    [Fact]
    public async Task A_residents_portal_is_told_no_more_of_an_organisation_than_over_grpc()
    {
        using var client = running.Client(FhirFederation.Directory() with { ActorRole = "inwoner" }, "portaal");
        var organisation = (await client.ReadAsync<Organization>($"Organization/{Gemeente}", ct: Stop))!;
        var offered = (await client.ReadAsync<HealthcareService>($"HealthcareService/{Gemeente}", ct: Stop))!;
        Assert.Null(organisation.Contact[0].Name);
        Assert.Equal("088-0000000", offered.Telecom[0].Value);
        Assert.DoesNotContain(offered.Extension, e => e.Url == FhirNames.ExtensionRoot + "signalling_policy");
    }

    [Fact]
    public async Task A_disclosure_just_made_is_in_both_logs()
    {
        var reuse = await running.ReuseAsync("noor");
        using (var client = running.Client(reuse, "wijkteam"))
        {
            await client.SearchAsync<Patient>([], ct: Stop);
        }

        var decision = running.LastDecision().DecisionId;
        await Within.SecondsAsync(10, () => running.OutcomeOf(decision) is not null, "the outcome");
        foreach (var target in new[] { null, "gemeente" })
        {
            var ask = await running.AccessAsync(target: target);
            using var portal = running.Client(ask, "portaal");
            var audit = (await SearchAsync<AuditEvent>(portal, ask))!.Entry.Select(e => (AuditEvent)e.Resource!).Single(a => OwnFacts.LineOf(a).DecisionId == decision);

            var line = OwnFacts.LineOf(audit);
            Assert.Equal(("disclosed", "naw-hergebruik", "naw", Gemeente), (line.Outcome, line.Purpose, line.Category, line.ProvidingOrganisation));
            Assert.Contains("street", line.Fields);
            Assert.Equal((AuditEvent.AuditEventOutcome.N0, AuditEvent.AuditEventAction.R), (audit.Outcome, audit.Action));
            Assert.Equal(ask.Target.Value, audit.Source!.Observer!.Identifier!.Value);
            Assert.Equal(ask.Subject!.Value.Value, audit.Entity[0].What!.Identifier!.Value);
            Assert.Equal(target is null, audit.Entity[0].What!.Reference is null);

            // A third party is left out of subject access.
            Assert.DoesNotContain("mw-17", FhirJsonSerializer.Default.SerializeToString(audit), StringComparison.Ordinal);
            Assert.True(audit.IsExactly((await portal.ReadAsync<AuditEvent>($"AuditEvent/{audit.Id}", ct: Stop))!));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gemeente")]
    public async Task A_log_is_asked_up_to_a_moment(string? target)
    {
        using var portal = running.Client(await running.AccessAsync(target: target), "portaal");
        Assert.Empty((await portal.SearchAsync<AuditEvent>(["date=lt2026-01-01"], ct: Stop))!.Entry);
        var bundle = (await portal.SearchAsync<AuditEvent>(["date=lt2100-01-01T00:00:00+02:00"], ct: Stop))!;
        Assert.NotEmpty(bundle.Entry);
        Assert.EndsWith("date=lt2099-12-31T22%3A00%3A00Z", bundle.SelfLink!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Patient", HttpStatusCode.NotFound, "FHIR_RESOURCE_UNKNOWN")]
    [InlineData("gemeente", "CareTeam", HttpStatusCode.NotFound, "FHIR_RESOURCE_UNKNOWN")]
    [InlineData("gemeente", "Organization", HttpStatusCode.NotFound, "FHIR_RESOURCE_UNKNOWN")]
    [InlineData(null, "PractitionerRole", HttpStatusCode.NotFound, "FHIR_RESOURCE_UNKNOWN")]
    [InlineData(null, "CareTeam/00000099000000001003", HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND")]
    [InlineData(null, "Organization/" + NoId, HttpStatusCode.NotFound, "FHIR_RESOURCE_NOT_FOUND")]
    [InlineData(null, "CareTeam?patient=Patient/" + NoId, HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "CareTeam?patient:identifier=x", HttpStatusCode.BadRequest, "FHIR_PSEUDONYM_IN_URL")]
    [InlineData(null, "Organization?name=Gemeente", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "Organization?identifier=00000099000000001003", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "Organization?identifier=urn:osb:oin|999912112", HttpStatusCode.BadRequest, "FHIR_BSN_NOT_ACCEPTED")]
    [InlineData(null, "HealthcareService?_content=999912112", HttpStatusCode.BadRequest, "FHIR_BSN_NOT_ACCEPTED")]
    [InlineData(null, "HealthcareService?_content=kind+met+bsn+9999.12.112", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "HealthcareService?_content=%3Cscript%3E", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "HealthcareService?_content=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "HealthcareService?characteristic=nice", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "HealthcareService?coverage-area:identifier=R", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "AuditEvent?date=ge2026-01-01", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData(null, "AuditEvent?date=lt2026-01-01T00:00:00Zz", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    [InlineData("gemeente", "AuditEvent?date=yesterday", HttpStatusCode.BadRequest, "FHIR_PARAMETER_UNSUPPORTED")]
    public async Task What_a_server_does_not_offer_is_refused_before_the_policy(string? target, string url, HttpStatusCode status, string reason)
    {
        using var http = running.Http("portaal", await running.AccessAsync(target: target));
        using var answer = await http.GetAsync(new Uri(url, UriKind.Relative), Stop);
        Assert.Equal((status, reason), (answer.StatusCode, answer.Headers.GetValues(KetenHeaders.Reason).Single()));
    }

    [Fact]
    public async Task The_directory_takes_no_person()
    {
        using var client = running.Client(FhirFederation.Directory() with { Subject = await running.PseudonymAsync("noor", "vt") });
        await RefusedAsync(HttpStatusCode.BadRequest, "SUBJECT_NOT_ASKED", () => client.SearchAsync<Organization>([], ct: Stop));
    }

    [Fact]
    public async Task Where_an_answer_points_is_not_for_a_caller_to_say()
    {
        using var http = running.Http(ask: FhirFederation.Directory());
        http.DefaultRequestHeaders.Add(FhirNames.BaseHeader, "https://elsewhere.example/fhir");
        Assert.DoesNotContain("elsewhere", await http.GetStringAsync(new Uri("Endpoint", UriKind.Relative), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_decision_and_how_it_ended_are_on_the_record_and_a_version_that_is_known_is_not_sent_again()
    {
        using var http = running.Http(ask: FhirFederation.Directory());
        using var first = await http.GetAsync(new Uri($"Organization/{Gemeente}", UriKind.Relative), Stop);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"Organization/{Gemeente}") { Headers = { { "If-None-Match", first.Headers.ETag!.ToString() } } };
        using var answer = await http.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);

        var decision = running.LastDecision();
        Assert.Equal(("/keten.directory.v1.DirectoryService/SearchOrganisations", "sociale-kaart", true), (decision.Operation, decision.Category, decision.Allowed));
        await Within.SecondsAsync(10, () => running.OutcomeOf(decision.DecisionId) is not null, "the outcome");
        Assert.Equal((0, 304), (running.OutcomeOf(decision.DecisionId)!.GrpcStatus, running.OutcomeOf(decision.DecisionId)!.HttpStatus));
    }

    private static Task<Bundle?> SearchAsync<T>(FhirClient client, Ask ask)
        where T : Resource, new() =>
        client.SearchUsingPostAsync<T>(new SearchParams("patient:identifier", $"{FhirNames.PseudonymSystem}|{ask.Subject!.Value.Value}"), Stop);

    private static async Task RefusedAsync(HttpStatusCode status, string reason, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<FhirOperationException>(call);
        Assert.Equal((status, reason), (refused.Status, refused.Outcome!.Issue[0].Details!.Coding[0].Code!));
    }
}
