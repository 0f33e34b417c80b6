using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hl7.Fhir.Rest;
using Keten.Adapters.Fhir.Tests.Support;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Demo;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Keten.Adapters.Fhir.Tests.EndToEnd.FederationOfFhirServers))]

namespace Keten.Adapters.Fhir.Tests.EndToEnd;

/// <summary>
/// A federation in which gemeente and wijkteam have a FHIR server, and Veilig Thuis and the buurgemeente a database. All are involved with Noor; all but the
/// buurgemeente with Sam, whose address is secret.
/// </summary>
public sealed class FederationOfFhirServers : IAsyncDisposable
{
    private const string Story = """
        {
          "id": "fhir-servers", "title": "FHIR", "summary": "FHIR", "shows": ["fhir"],
          "participants": [
            {"ref": "gemeente", "oin": "00000099000000001003", "name": "Gemeente Test", "type": "gemeente", "region": "R"},
            {"ref": "wijkteam", "oin": "00000099000000001004", "name": "Wijkteam Test", "type": "wijkteam", "region": "R"},
            {"ref": "buurgemeente", "oin": "00000099000000001005", "name": "Buurgemeente Test", "type": "gemeente", "region": "R"},
            {"ref": "vt", "oin": "00000099000000001000", "name": "Veilig Thuis Test", "type": "veilig-thuis", "region": "R"}
          ],
          "persons": [
            {"ref": "noor", "bsn": "999912112", "given_names": "Noor", "family_name": "Voorbeeld", "birth_date": "2016-10-10", "gender": "female",
             "household_role": "child", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}},
            {"ref": "sam", "bsn": "999912021", "given_names": "Sam", "family_name": "Voorbeeld", "birth_date": "2014-02-03", "gender": "male", "secret_address": true,
             "household_role": "child", "address": {"street": "Kade", "house_number": "9", "postal_code": "4321 ZZ", "city": "Nergens"}}
          ],
          "records": [{"organisation": "buurgemeente", "person": "noor", "category": "naw", "values": {"given_names": "Noor", "family_name": "Voorbeeld"}}],
          "events": [EVENTS]
        }
        """;

    private static readonly (string Organisation, string Role)[] Involved =
        [("gemeente", "jeugdconsulent"), ("wijkteam", "casusregisseur"), ("buurgemeente", "jeugdconsulent"), ("vt", "onderzoeker")];

    private readonly TempFolder _folder = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Federation? _federation;

    public Scenario Scenario { get; private set; } = null!;

    public Federation Federation => _federation!;

    internal FhirServerProcess OfGemeente { get; private set; } = null!;

    internal FhirServerProcess OfWijkteam { get; private set; } = null!;

    /// <summary>Where the database of an organisation that has one is.</summary>
    public string DatabaseOf(string organisation) =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Federation.Authority.CertificatePath))!, organisation, "own-system.db");

    /// <summary>Starts it when the first test asks; skips where there is no Node.</summary>
    internal async Task<FederationOfFhirServers> StartedAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_federation is null)
            {
                await StartAsync();
            }

            return this;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<Ask> SafetyAsync(string target, string person = "noor") => new()
    {
        Target = Oin.Parse(Scenario.Participant(target).Oin), Subject = await PseudonymAsync(person, "vt"), Purpose = "veiligheid-beoordelen", Actor = "mw-17", ActorRole = "onderzoeker",
    };

    public async Task<Ask> ReuseAsync(string person) => new()
    {
        Target = Oin.Parse(Scenario.Participant("gemeente").Oin), Subject = await PseudonymAsync(person, "wijkteam"), Purpose = "naw-hergebruik", Actor = "mw-17", ActorRole = "casusregisseur",
        Facts = CaseFacts.TryParse($$"""{"subject_informed": true, "subject_age": {{(person == "sam" ? 12 : 9)}} }""", out var facts, out var fault) ? facts : throw new ArgumentException(fault),
    };

    /// <summary>A FHIR client that nobody here wrote, with the certificate of Veilig Thuis, at the gateway.</summary>
    public FhirClient FhirClient(Ask ask)
    {
        var issued = Path.Combine(Path.GetDirectoryName(Federation.Authority.CertificatePath)!, "issued", Scenario.Participant("vt").Oin);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(Federation.Authority.CertificatePath);
        var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [X509Certificate2.CreateFromPemFile(Path.Combine(issued, "cert.pem"), Path.Combine(issued, "key.pem"))],
                CertificateChainPolicy = policy,
                RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
            },
        });
        foreach (var header in AskMetadata.Of(ask))
        {
            http.DefaultRequestHeaders.Add(header.Key, header.Value);
        }

        return new FhirClient(new Uri(Federation.GatewayAddress, $"/{ask.Target}/fhir/"), http, new FhirClientSettings { PreferredFormat = ResourceFormat.Json });
    }

    public async ValueTask DisposeAsync()
    {
        if (_federation is not null)
        {
            await _federation.DisposeAsync();
            await OfGemeente.DisposeAsync();
            await OfWijkteam.DisposeAsync();
        }

        _folder.Dispose();
        _gate.Dispose();
    }

    private async Task StartAsync()
    {
        var resources = Path.Combine(TestKit.Repository.Root, "tests", "Adapters.Fhir.Tests", "EndToEnd", "resources.json");
        OfGemeente = await FhirServerProcess.StartAsync(resources: resources);
        OfWijkteam = await FhirServerProcess.StartAsync(resources: resources);
        var persons = new[] { "noor", "sam" };
        var events = Involved.SelectMany(who => persons.Where(p => who.Organisation != "buurgemeente" || p == "noor").Select(person => (who, person)))
            .Select((e, i) => $$$"""
                {"id": "e{{{i:00}}}", "at": "2026-03-01T{{{9 + i:00}}}:00:00Z", "kind": "involvement-started", "by": {"organisation": "{{{e.who.Organisation}}}", "role": "{{{e.who.Role}}}"},
                 "person": "{{{e.person}}}", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "",
                 "expect": {"decision": "allow", "reason_code": "ALLOWED"}}
                """);
        Scenario = Scenario.Load(_folder.Write("story.json", Story.Replace("EVENTS", string.Join(',', events), StringComparison.Ordinal)));
        _federation = await Federation.StartAsync(Scenario, decisionLogDirectory: null, verbose: false, TestContext.Current.CancellationToken, sources: new Dictionary<string, Action<IServiceCollection>>
        {
            ["gemeente"] = services => services.AddFhirSource(Mapping("gemeente", OfGemeente)),
            ["wijkteam"] = services => services.AddFhirSource(Mapping("wijkteam", OfWijkteam)),
        });
        await foreach (var step in new ScenarioPlayer(Scenario, Federation).PlayAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal("allow", step.Outcome);
        }
    }

    /// <summary>Both use one file of resources, and so each has its own clients.</summary>
    private string Mapping(string organisation, FhirServerProcess server) => _folder.Write($"{organisation}.yaml",
        Mappings.Standard(server.Base).With("clients: {}", $$"""clients: {leave_out: "id.startsWith('{{organisation}}-').not()"}""")
            .With("{constant: wijkteam}", $"{{constant: {organisation}}}"));

    private Task<Pseudonym> PseudonymAsync(string person, string organisation) =>
        Federation.Systems[organisation].PseudonymOfAsync(Scenario.Person(person), TestContext.Current.CancellationToken);
}
