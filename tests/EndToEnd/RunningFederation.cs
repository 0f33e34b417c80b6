using System.Security.Cryptography.X509Certificates;
using Keten.Client;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Demo;
using Keten.DecisionLog;
using Keten.Protocol.V1;
using Keten.TestKit;

[assembly: AssemblyFixture(typeof(Keten.EndToEnd.RunningFederation))]

namespace Keten.EndToEnd;

/// <summary>
/// One federation for all tests: gateway, gemeente, wijkteam, Veilig Thuis, and «proef», whose adapter is a stand-in that a test scripts. All four are
/// involved with the child; of the mother the gemeente has a record, but no involvement.
/// </summary>
public sealed class RunningFederation : IAsyncLifetime
{
    private const string Story = """
        {
          "id": "test", "title": "Test", "summary": "Test", "shows": ["test"],
          "participants": [
            {"ref": "gemeente", "oin": "00000099000000001003", "name": "Gemeente Test", "type": "gemeente", "region": "R"},
            {"ref": "wijkteam", "oin": "00000099000000001004", "name": "Wijkteam Test", "type": "wijkteam", "region": "R"},
            {"ref": "vt", "oin": "00000099000000001000", "name": "Veilig Thuis Test", "type": "veilig-thuis", "region": "R"},
            {"ref": "proef", "oin": "00000099000000001099", "name": "Proef", "type": "gemeente", "region": "R"},
            {"ref": "gi", "oin": "00000099000000001002", "name": "Jeugdbescherming Test", "type": "gecertificeerde-instelling", "region": "R"},
            {"ref": "portaal", "oin": "00000099000000001017", "name": "Portaal", "type": "inwoner-portaal", "region": "R"}
          ],
          "persons": [
            {"ref": "kind", "bsn": "999912112", "given_names": "Noor", "family_name": "Voorbeeld", "birth_date": "2016-10-10", "gender": "female",
             "household_role": "child", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}},
            {"ref": "moeder", "bsn": "999912094", "given_names": "Mo", "family_name": "Voorbeeld", "birth_date": "1990-01-01", "gender": "female",
             "household_role": "mother", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}}
          ],
          "records": [
            {"organisation": "gemeente", "person": "kind", "category": "naw", "values": {"given_names": "Noor", "family_name": "Voorbeeld",
             "birth_date": "2016-10-10", "street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders", "phone": "06-00000001"}},
            {"organisation": "vt", "person": "kind", "category": "betrokkenheid", "values": {"organisation": "Veilig Thuis Test", "contact_desk": "Triage"}},
            {"organisation": "gi", "person": "kind", "category": "betrokkenheid", "values": {"organisation": "Jeugdbescherming Test", "contact_desk": "Team 3"}},
            {"organisation": "gemeente", "person": "moeder", "category": "naw", "values": {"given_names": "Mo", "family_name": "Voorbeeld"}}
          ],
          "events": [
            {"id": "e01", "at": "2026-03-01T09:00:00Z", "kind": "involvement-started", "by": {"organisation": "gemeente", "role": "jeugdconsulent"},
             "person": "kind", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "",
             "expect": {"decision": "allow", "reason_code": "ALLOWED"}},
            {"id": "e02", "at": "2026-03-01T10:00:00Z", "kind": "involvement-started", "by": {"organisation": "wijkteam", "role": "casusregisseur"},
             "person": "kind", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "",
             "expect": {"decision": "allow", "reason_code": "ALLOWED"}},
            {"id": "e03", "at": "2026-03-01T11:00:00Z", "kind": "involvement-started", "by": {"organisation": "vt", "role": "onderzoeker"},
             "person": "kind", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "",
             "expect": {"decision": "allow", "reason_code": "ALLOWED"}},
            {"id": "e04", "at": "2026-03-01T12:00:00Z", "kind": "involvement-started", "by": {"organisation": "proef", "role": "jeugdconsulent"},
             "person": "kind", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "",
             "expect": {"decision": "allow", "reason_code": "ALLOWED"}},
            {"id": "e05", "at": "2026-03-01T13:00:00Z", "kind": "involvement-started", "by": {"organisation": "gi", "role": "jeugdbeschermer"},
             "person": "kind", "purpose": "betrokkenheid-jeugd", "facts": {"inform_exemption": "safety", "risk_assessed": true, "shielded": true}, "note": "",
             "expect": {"decision": "allow", "reason_code": "ALLOWED"}}
          ]
        }
        """;

    private string _scenarioPath = "";

    public Scenario Scenario { get; private set; } = null!;

    public Federation Federation { get; private set; } = null!;

    public ScriptedAdapter Proef { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _scenarioPath = Path.GetTempFileName();
        await File.WriteAllTextAsync(_scenarioPath, Story);
        Scenario = Scenario.Load(_scenarioPath);
        Federation = await Federation.StartAsync(Scenario, decisionLogDirectory: null, verbose: false, TestContext.Current.CancellationToken);
        await foreach (var step in new ScenarioPlayer(Scenario, Federation).PlayAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal("allow", step.Outcome);
        }

        Proef = await ScriptedAdapter.StartAsync(Federation, Scenario.Participant("proef"));
        var question = await QuestionAsync("proef");
        await Within.SecondsAsync(10, async () =>
        {
            await Record.ExceptionAsync(() => Wijkteam.GetPersonAsync(question));
            return Proef.Calls > 0;
        }, "the gateway to follow the registry");
    }

    public async ValueTask DisposeAsync()
    {
        await Proef.DisposeAsync();
        await Federation.DisposeAsync();
        File.Delete(_scenarioPath);
    }

    /// <summary>A question that is allowed as it stands: the wijkteam reads the child's name and address.</summary>
    public async Task<Ask> QuestionAsync(string target = "gemeente", string person = "kind", string caller = "wijkteam") => new()
    {
        Target = Oin.Parse(Scenario.Participant(target).Oin),
        Subject = await Federation.Systems[caller].PseudonymOfAsync(Scenario.Person(person), TestContext.Current.CancellationToken),
        Purpose = "naw-hergebruik",
        Actor = "mw-17",
        ActorRole = "casusregisseur",
        Facts = Facts($$"""{"subject_informed": true, "subject_age": {{(person == "kind" ? 9 : 36)}}}"""),
    };

    public static CaseFacts Facts(string json) => CaseFacts.TryParse(json, out var facts, out var fault) ? facts : throw new ArgumentException(fault);

    public KetenClient Wijkteam => Federation.Systems["wijkteam"].Gateway;

    /// <summary>A client with another certificate.</summary>
    public KetenClient Client(X509Certificate2 certificate, Uri? gateway = null) => new(Options(certificate) with { Gateway = gateway ?? Federation.GatewayAddress });

    public KetenClientOptions Options(X509Certificate2 certificate)
    {
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(Federation.Authority.CertificatePath);
        return new KetenClientOptions
        {
            Gateway = Federation.GatewayAddress, GatewayOin = Federation.GatewayOin, TrustAnchors = anchors, Certificate = certificate,
        };
    }

    public X509Certificate2 CertificateOf(string participant)
    {
        var issued = Path.Combine(Path.GetDirectoryName(Federation.Authority.CertificatePath)!, "issued", Scenario.Participant(participant).Oin);
        return X509Certificate2.CreateFromPemFile(Path.Combine(issued, "cert.pem"), Path.Combine(issued, "key.pem"));
    }

    /// <summary>The gateway's record of a decision.</summary>
    public DecisionRecord? Decision(string decisionId) =>
        DecisionLogReader.Read(Federation.DecisionLogDirectory).Select(r => r.Decision).FirstOrDefault(d => d?.DecisionId == decisionId);

    /// <summary>All decisions on the record, oldest first.</summary>
    public IReadOnlyList<DecisionRecord> Decisions() =>
        [.. DecisionLogReader.Read(Federation.DecisionLogDirectory).Select(r => r.Decision).Where(d => d is not null)];
}
