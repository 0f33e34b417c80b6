using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hl7.Fhir.Rest;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Demo;
using Keten.Fhir.Tests.Conformance;
using Keten.Identity;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Keten.Fhir.Tests.FhirFederation))]

namespace Keten.Fhir.Tests;

/// <summary>
/// One federation for all tests, over mTLS. Veilig Thuis asks the gemeente; both are involved with Noor, and with Sam, whose address is secret. Of Mo the
/// gemeente has a record, but nobody is involved with her. The GI shields that it is involved with Noor. Every answer to <see cref="Http"/> is held to the
/// definitions of R4.
/// </summary>
public sealed class FhirFederation : IAsyncLifetime
{
    private const string Story = """
        {
          "id": "fhir", "title": "FHIR", "summary": "FHIR", "shows": ["fhir"],
          "participants": [
            {"ref": "gemeente", "oin": "00000099000000001003", "name": "Gemeente Test", "type": "gemeente", "region": "R"},
            {"ref": "wijkteam", "oin": "00000099000000001004", "name": "Wijkteam Test", "type": "wijkteam", "region": "R"},
            {"ref": "vt", "oin": "00000099000000001000", "name": "Veilig Thuis Test", "type": "veilig-thuis", "region": "R"},
            {"ref": "gi", "oin": "00000099000000001006", "name": "GI Test", "type": "gecertificeerde-instelling", "region": "R"},
            {"ref": "portaal", "oin": "00000099000000001017", "name": "Portaal Test", "type": "inwoner-portaal", "region": "R"}
          ],
          "persons": [
            {"ref": "noor", "bsn": "999912112", "given_names": "Noor", "family_name": "Voorbeeld", "birth_date": "2016-10-10", "gender": "female",
             "household_role": "child", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}},
            {"ref": "sam", "bsn": "999912021", "given_names": "Sam", "family_name": "Voorbeeld", "birth_date": "2014-02-03", "gender": "male", "secret_address": true,
             "household_role": "child", "address": {"street": "Kade", "house_number": "9", "postal_code": "4321 ZZ", "city": "Nergens"}},
            {"ref": "mo", "bsn": "999912094", "given_names": "Mo", "family_name": "Voorbeeld", "birth_date": "1990-01-01", "gender": "female",
             "household_role": "mother", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}}
          ],
          "records": [
            {"organisation": "gemeente", "person": "noor", "category": "naw", "values": {"given_names": "Noor Anna", "initials": "N.A.", "family_name_prefix": "van der",
             "family_name": "Voorbeeld", "birth_date": "2016-10-10", "gender": "female", "street": "Dijk", "house_number": "1", "house_number_addition": "bis",
             "postal_code": "1234 AB", "city": "Elders", "municipality_code": "0599", "phone": "06-00000001", "email": "n@voorbeeld.example", "language": "nl",
             "interpreter_needed": false}},
            {"organisation": "gemeente", "person": "noor", "category": "gezinssamenstelling", "values": {"relation_id": "R-1", "relation_type": "ouder",
             "related_person": "Mo Voorbeeld", "lives_in_household": true, "legal_custody": "gezamenlijk", "contact_restriction": "geen", "valid_from": "2016-10-10"}},
            {"organisation": "gemeente", "person": "noor", "category": "gezinssamenstelling", "values": {"relation_id": "R-2", "relation_type": "broer",
             "related_person": "k1.SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSA", "lives_in_household": false, "valid_from": "2016-10-10", "valid_to": "2024-01-01"}},
            {"organisation": "gemeente", "person": "noor", "category": "betrokkenheid", "values": {"involvement_id": "B-1", "organisation": "Gemeente Test",
             "organisation_type": "gemeente", "department": "Jeugd", "contact_professional": "mw-9", "contact_desk": "Loket", "contact_phone": "088-0000000",
             "contact_email": "loket@gemeente.example", "started_on": "2026-01-01", "status": "active", "legal_frame": "Jeugdwet", "case_lead": true}},
            {"organisation": "gemeente", "person": "noor", "category": "plan", "values": {"plan_id": "P-1", "version": 3, "status": "active", "life_domain": "veiligheid",
             "goal": "Rust in huis", "action": "Afkoelafspraak oefenen", "action_owner": "Kwadrant", "action_due": "2026-02-28", "action_status": "done",
             "evaluation_date": "2026-03-15", "family_view": "Wij willen samen verder", "agreed_by_family": true}},
            {"organisation": "gemeente", "person": "noor", "category": "plan", "values": {"plan_id": "P-1", "version": 3, "status": "active", "life_domain": "veiligheid",
             "goal": "Rust in huis", "action": "Afkoelafspraak oefenen", "action_owner": "Kwadrant", "action_due": "2026-04-30", "action_status": "open",
             "evaluation_date": "2026-03-15", "family_view": "Wij willen samen verder", "agreed_by_family": true}},
            {"organisation": "gemeente", "person": "noor", "category": "plan", "values": {"plan_id": "P-1", "version": 3, "status": "active", "life_domain": "financien",
             "goal": "Schulden op orde", "evaluation_date": "2026-03-15", "family_view": "Wij willen samen verder", "agreed_by_family": true}},
            {"organisation": "gemeente", "person": "noor", "category": "plan", "values": {"plan_id": "P-0", "status": "in de ijskast", "action": "Bellen",
             "action_status": "loopt"}},
            {"organisation": "vt", "person": "noor", "category": "crisis-intake", "values": {"intake_id": "CI-7", "received_at": "2026-03-01T23:10:00Z",
             "reporting_organisation": "Ziekenhuis", "reporting_professional": "kinderarts dienst", "crisis_level": "red", "criteria": ["letsel", "jonger dan 4"],
             "narrative": "Twee fracturen", "children_present": true, "immediate_danger": true, "injury": true, "sexual_abuse_suspected": false, "weapon_present": false,
             "perpetrator_access": "vader op bezoekuur", "safe_place": "Ziekenhuis, afdeling 4", "expertise_needed": ["juridisch"], "actions_taken": "Opname",
             "decision": "overleg"}},
            {"organisation": "vt", "person": "noor", "category": "crisis-intake", "values": {"received_at": "2026-02-01T08:00:00Z", "narrative": "Ruzie", "weapon_present": true}},
            {"organisation": "vt", "person": "noor", "category": "crisis-intake", "values": {"intake_id": "CI-7", "received_at": "2026-03-02T01:00:00Z", "crisis_level": "orange"}},
            {"organisation": "gemeente", "person": "sam", "category": "naw", "values": {"given_names": "Sam", "family_name": "Voorbeeld",
             "birth_date": "2014-02-03", "street": "Kade", "house_number": "9", "postal_code": "4321 ZZ", "city": "Nergens", "secret_address": true}},
            {"organisation": "gemeente", "person": "mo", "category": "naw", "values": {"given_names": "Mo", "family_name": "Voorbeeld"}}
          ],
          "events": [EVENTS]
        }
        """;

    private string _path = "";

    public Scenario Scenario { get; private set; } = null!;

    public Federation Federation { get; private set; } = null!;

    public R4Validator Validator { get; } = R4Validator.Start();

    public async ValueTask InitializeAsync()
    {
        var events = new[] { ("gemeente", "jeugdconsulent"), ("wijkteam", "casusregisseur"), ("vt", "onderzoeker") }
            .SelectMany(who => new[] { "noor", "sam" }.Select(person => (who, person, shielded: false)))
            .Append((who: ("gi", "jeugdbeschermer"), person: "noor", shielded: true))
            .Select((e, i) => $$$"""
                {"id": "e{{{i:00}}}", "at": "2026-03-01T{{{9 + i:00}}}:00:00Z", "kind": "involvement-started", "by": {"organisation": "{{{e.who.Item1}}}", "role": "{{{e.who.Item2}}}"},
                 "person": "{{{e.person}}}", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true, "shielded": {{{(e.shielded ? "true" : "false")}}}}, "note": "",
                 "expect": {"decision": "allow", "reason_code": "ALLOWED"}}
                """);
        _path = Path.GetTempFileName();
        await File.WriteAllTextAsync(_path, Story.Replace("EVENTS", string.Join(',', events), StringComparison.Ordinal));
        Scenario = Scenario.Load(_path);
        Federation = await Federation.StartAsync(Scenario, decisionLogDirectory: null, verbose: false, TestContext.Current.CancellationToken);
        await foreach (var step in new ScenarioPlayer(Scenario, Federation).PlayAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal("allow", step.Outcome);
        }

        await DescribeAsync();
    }

    /// <summary>What an organisation would write of itself in the registry.</summary>
    private async Task DescribeAsync()
    {
        var registry = Federation.Hosts["gateway"].Services.GetRequiredService<IParticipantRegistry>();
        ParticipantsFile.Write(Federation.RegistryPath, registry.All.Select(p => p with
        {
            Adapter = p.OrganisationType == "inwoner-portaal" ? null : p.Adapter,
            Region = p.OrganisationType == "veilig-thuis" ? "Rijn & IJssel" : p.Region,
            Profile = p.Profile with
            {
                Expertise = [$"{p.OrganisationType}-zaken", "overleg"], Offer = "Hulp", TargetGroup = "Gezinnen", ContactEmail = "loket@organisatie.example",
                Expectations = "Bel eerst.", SignallingPolicy = "Wij melden zelf.",
            },
        }));
        await Within.SecondsAsync(10, () => registry.All.All(p => p.Profile.Expertise.Count > 0), "the gateway to have read the registry again");
    }

    public async ValueTask DisposeAsync()
    {
        await Federation.DisposeAsync();
        await Validator.DisposeAsync();
        File.Delete(_path);
    }

    /// <summary>Veilig Thuis assesses safety and asks the gemeente: all fields of name and address, also a secret one.</summary>
    public async Task<Ask> SafetyAsync(string person = "noor") => new()
    {
        Target = Oin.Parse(Scenario.Participant("gemeente").Oin), Subject = await PseudonymAsync(person, "vt"), Purpose = "veiligheid-beoordelen", Actor = "mw-17", ActorRole = "onderzoeker",
    };

    /// <summary>The wijkteam reuses name and address of the gemeente: a secret address stays there.</summary>
    public async Task<Ask> ReuseAsync(string person) => new()
    {
        Target = Oin.Parse(Scenario.Participant("gemeente").Oin), Subject = await PseudonymAsync(person, "wijkteam"), Purpose = "naw-hergebruik", Actor = "mw-17",
        ActorRole = "casusregisseur",
        Facts = CaseFacts.TryParse($$"""{"subject_informed": true, "subject_age": {{(person == "sam" ? 12 : 9)}}}""", out var facts, out var fault) ? facts : throw new ArgumentException(fault),
    };

    public Task<Pseudonym> PseudonymAsync(string person, string organisation) =>
        Federation.Systems[organisation].PseudonymOfAsync(Scenario.Person(person), TestContext.Current.CancellationToken);

    /// <summary>The wijkteam asks the gateway who else is involved.</summary>
    public async Task<Ask> InvolvedAsync(string person = "noor") => await ReuseAsync(person) with { Target = Demo.Federation.GatewayOin, Purpose = "betrokkenheid-jeugd" };

    /// <summary>Veilig Thuis looks up organisations.</summary>
    public static Ask Directory() => new()
    {
        Target = Demo.Federation.GatewayOin, Subject = null, Purpose = "expertise-vinden", Actor = "mw-17", ActorRole = "onderzoeker",
    };

    /// <summary>The person asks, through the portal, who saw what.</summary>
    public async Task<Ask> AccessAsync(string person = "noor", string? target = null) => new()
    {
        Target = target is null ? Demo.Federation.GatewayOin : Oin.Parse(Scenario.Participant(target).Oin), Subject = await PseudonymAsync(person, "vt"),
        Purpose = "inzage-betrokkene", Actor = "burger-1", ActorRole = "wettelijk-vertegenwoordiger",
        Facts = CaseFacts.TryParse("""{"subject_age": 9, "assurance_level": "high"}""", out var facts, out var fault) ? facts : throw new ArgumentException(fault),
    };

    /// <summary>Where the gemeente's FHIR endpoint is, at the gateway.</summary>
    public Uri Base => BaseOf(Scenario.Participant("gemeente").Oin);

    /// <summary>Where an organisation's FHIR endpoint is, or the gateway's own.</summary>
    public Uri BaseOf(string oin) => new(Federation.GatewayAddress, $"/{oin}/fhir/");

    /// <summary>Where a participant's certificate and its key are.</summary>
    public (string Certificate, string Key) CertificateOf(string participant)
    {
        var issued = Path.Combine(Path.GetDirectoryName(Federation.Authority.CertificatePath)!, "issued", Scenario.Participant(participant).Oin);
        return (Path.Combine(issued, "cert.pem"), Path.Combine(issued, "key.pem"));
    }

    /// <summary>TLS with a participant's certificate, to a gateway that has one of this federation.</summary>
    public SslClientAuthenticationOptions TlsOf(string participant)
    {
        var (certificate, key) = CertificateOf(participant);
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(Federation.Authority.CertificatePath);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return new SslClientAuthenticationOptions
        {
            ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)],
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
        };
    }

    /// <summary>An HTTP client with a participant's certificate.</summary>
    public HttpClient Http(string caller = "vt", Ask? ask = null)
    {
        var sockets = new SocketsHttpHandler { SslOptions = TlsOf(caller) };
        var client = new HttpClient(new ValidatingHandler(Validator) { InnerHandler = sockets }) { BaseAddress = ask is null ? Base : BaseOf(ask.Target.Value) };
        foreach (var header in ask is null ? [] : AskMetadata.Of(ask))
        {
            client.DefaultRequestHeaders.Add(header.Key, header.Value);
        }

        return client;
    }

    /// <summary>A FHIR client that nobody here wrote. Closing it leaves the connection to the test's end.</summary>
    public FhirClient Client(Ask ask, string caller = "vt", ResourceFormat format = ResourceFormat.Json) =>
        new(BaseOf(ask.Target.Value), Http(caller, ask), new FhirClientSettings { PreferredFormat = format, VerifyFhirVersion = true });

    /// <summary>The last decision on the gateway's record.</summary>
    public DecisionRecord LastDecision() => DecisionLogReader.Read(Federation.DecisionLogDirectory).Select(r => r.Decision).Last(d => d is not null);

    /// <summary>The outcome of a decision; null while it is not there.</summary>
    public OutcomeRecord? OutcomeOf(string decisionId) =>
        DecisionLogReader.Read(Federation.DecisionLogDirectory).Select(r => r.Outcome).FirstOrDefault(o => o?.DecisionId == decisionId);
}
