using System.Text.Json;
using System.Xml.Linq;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Demo;
using Keten.Demo.Layouts;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.EndToEnd;

/// <summary>
/// "Who saw what about me": reads by two organisations, one refused, one by break-glass and one of a running investigation, over mTLS, and then the
/// person's question by <c>keten log subject</c>, held against a count of our own.
/// </summary>
public sealed class SubjectAccessTests : IAsyncLifetime
{
    private const string Story = """
        {
          "id": "inzage", "title": "Inzage", "summary": "Inzage", "shows": ["test"],
          "participants": [
            {"ref": "gemeente", "oin": "00000099000000001003", "name": "Gemeente Test", "type": "gemeente", "region": "R"},
            {"ref": "wijkteam", "oin": "00000099000000001004", "name": "Wijkteam Test", "type": "wijkteam", "region": "R"},
            {"ref": "vt", "oin": "00000099000000001000", "name": "Veilig Thuis Test", "type": "veilig-thuis", "region": "R"},
            {"ref": "politie", "oin": "00000099000000001005", "name": "Politie Test", "type": "politie", "region": "R"},
            {"ref": "portaal", "oin": "00000099000000001017", "name": "Portaal", "type": "inwoner-portaal", "region": "R"}
          ],
          "persons": [
            {"ref": "kind", "bsn": "999912112", "given_names": "Noor", "family_name": "Voorbeeld", "birth_date": "2016-10-10", "gender": "female",
             "household_role": "child", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}},
            {"ref": "puber", "bsn": "999912094", "given_names": "Pim", "family_name": "Voorbeeld", "birth_date": "2012-10-10", "gender": "male",
             "household_role": "child", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}}
          ],
          "records": [
            {"organisation": "gemeente", "person": "kind", "category": "naw", "values": {"given_names": "Noor", "birth_date": "2016-10-10", "city": "Elders"}},
            {"organisation": "wijkteam", "person": "kind", "category": "naw", "values": {"given_names": "Noor", "birth_date": "2016-10-10", "city": "Elders"}},
            {"organisation": "vt", "person": "kind", "category": "naw", "values": {"given_names": "Noor", "birth_date": "2016-10-10"}},
            {"organisation": "gemeente", "person": "puber", "category": "naw", "values": {"given_names": "Pim", "birth_date": "2012-10-10"}}
          ],
          "events": [
            {"id": "e01", "at": "2026-03-01T09:00:00Z", "kind": "involvement-started", "by": {"organisation": "gemeente", "role": "jeugdconsulent"},
             "person": "kind", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "",
             "expect": {"decision": "allow", "reason_code": "ALLOWED"}},
            {"id": "e02", "at": "2026-03-01T10:00:00Z", "kind": "involvement-started", "by": {"organisation": "wijkteam", "role": "casusregisseur"},
             "person": "kind", "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "",
             "expect": {"decision": "allow", "reason_code": "ALLOWED"}}
          ]
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("keten-inzage-").FullName;
    private Scenario _scenario = null!;
    private Federation _federation = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var path = Path.Combine(_directory, "story.json");
        await File.WriteAllTextAsync(path, Story);
        _scenario = Scenario.Load(path);
        _federation = await Federation.StartAsync(_scenario, decisionLogDirectory: null, verbose: false, Token);
        var player = new ScenarioPlayer(_scenario, _federation);
        await foreach (var step in player.PlayAsync(Token))
        {
            Assert.Equal("allow", step.Outcome);
        }

        await player.SettleAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _federation.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_answer_is_complete_over_gateway_and_organisations_and_leaves_out_what_the_policy_withholds()
    {
        var kind = await PersonAsync("kind");
        var wijkteam = await AskAsync("wijkteam", "casusregisseur", "gemeente", kind);
        await ReadAsync("wijkteam", wijkteam);
        await ReadAsync("wijkteam", wijkteam);
        await ReadAsync("gemeente", await AskAsync("gemeente", "jeugdconsulent", "wijkteam", kind));
        await Assert.ThrowsAsync<KetenException>(() => ReadAsync("wijkteam", wijkteam with { Facts = RunningFederation.Facts("""{"subject_age": 9}""") }));
        var crisis = wijkteam with
        {
            Purpose = "crisis-afstemmen", ActorRole = "crisismedewerker", Facts = RunningFederation.Facts("""{"crisis_level": "red", "subject_age": 9}"""),
            Justification = "Kind alleen thuis met verdachte, politie onderweg",
        };
        Assert.True((await _federation.Systems["vt"].Gateway.GetPersonAsync(crisis, Token)).Disclosure.BreakGlass);

        // Break-glass is told after fourteen days; what begins then is withheld.
        _federation.SetTime(_federation.Clock.GetUtcNow() + TimeSpan.FromDays(14));
        await ReportAsync("vt", "onderzoeker");
        await ReadAsync("vt", wijkteam with { Purpose = "veiligheid-beoordelen", ActorRole = "onderzoeker" });

        var page = Path.Combine(_directory, "inzage.html");
        var (exit, answer) = await SubjectAsync(kind, "--role", "wettelijk-vertegenwoordiger", "--age", "9", "--html", page);

        // The story is told in the past of the clock that the command goes by, so its own questions are lines already.
        var lines = answer.GetProperty("lines").EnumerateArray().Where(l => l.GetProperty("purpose").GetProperty("id").GetString() != "inzage-betrokkene").ToList();

        Assert.Equal(0, exit);
        Assert.True(answer.GetProperty("complete").GetBoolean());
        var (decisions, told) = (CountedAtGateway(kind), CountedInInboxes(kind));
        Assert.Equal(decisions.Order(StringComparer.Ordinal), Ids(lines).Order(StringComparer.Ordinal));
        Assert.True(told > 0);
        Assert.Equal(told, lines.Count(l => l.GetProperty("outcome").GetString() == "received"));
        Assert.Equal(decisions.Count + told, lines.Count);

        Assert.Equal(4, lines.Count(l => Outcome(l) == "disclosed"));
        Assert.Empty(Assert.Single(lines, l => Outcome(l) == "refused").GetProperty("fields").EnumerateArray());
        Assert.Equal("crisis-afstemmen", Assert.Single(lines, l => l.GetProperty("breakGlass").GetBoolean()).GetProperty("purpose").GetProperty("id").GetString());
        Assert.DoesNotContain(lines, l => l.GetProperty("purpose").GetProperty("id").GetString() == "veiligheid-beoordelen");
        Assert.All(lines.Where(l => Outcome(l) == "disclosed"), l => Assert.Equal(2, l.GetProperty("sources").GetArrayLength()));
        Assert.Equal("askThere", StateOf(answer, "Politie Test"));

        var html = await File.ReadAllTextAsync(page, Token);
        Assert.Equal(answer.GetProperty("lines").GetArrayLength() + 1, XDocument.Parse(html.Replace("<!doctype html>", "", StringComparison.Ordinal).Replace("<meta charset=\"utf-8\">", "", StringComparison.Ordinal)
            .Replace("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "", StringComparison.Ordinal)).Descendants("tr").Count());
        Assert.Contains("Wijkteam Test heeft gegevens gezien van Gemeente Test.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("mw-17", html + answer, StringComparison.Ordinal);
        Assert.DoesNotContain(kind, html, StringComparison.Ordinal);

        // Read from the files alone it is the same, without anybody's certificate; only that by the command's own clock the investigation's term is over.
        var (offline, _) = await OfflineAsync(kind, "gemeente", "wijkteam", "vt");
        Assert.Equal(
            decisions.Concat(DecisionIds(kind, "veiligheid-beoordelen")).Order(StringComparer.Ordinal),
            Ids([.. offline.GetProperty("lines").EnumerateArray()]).Except(DecisionIds(kind, "inzage-betrokkene")).Order(StringComparer.Ordinal));

        await _federation.Hosts["wijkteam"].StopAsync(Token);
        (exit, answer) = await SubjectAsync(kind, "--role", "wettelijk-vertegenwoordiger", "--age", "9");
        Assert.Equal(1, exit);
        Assert.False(answer.GetProperty("complete").GetBoolean());
        Assert.Equal("noAnswer", StateOf(answer, "Wijkteam Test"));
        Assert.Equal("answered", StateOf(answer, "Gemeente Test"));

        // Who did not answer may restrict inspection: what names it waits for its answer.
        Assert.DoesNotContain(_scenario.Participant("wijkteam").Oin, answer.GetProperty("lines").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shielded_involvement_is_not_shown_through_who_was_asked()
    {
        var kind = await PersonAsync("kind");
        await ReportShieldedAsync("vt", "onderzoeker");
        await ReadAsync("vt", await AskAsync("vt", "onderzoeker", "gemeente", kind));
        var veiligThuis = _scenario.Participant("vt").Oin;
        var read = Assert.Single(DecisionIds(kind, "naw-hergebruik"));

        var (exit, answer) = await SubjectAsync(kind, "--role", "wettelijk-vertegenwoordiger", "--age", "9");
        Assert.Equal((0, "nothingToShow"), (exit, StateOf(answer, "Veilig Thuis Test")));
        Assert.NotEqual(0, answer.GetProperty("lines").GetArrayLength());
        Assert.DoesNotContain(veiligThuis, answer.GetProperty("lines").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(read, answer.GetRawText(), StringComparison.Ordinal);

        foreach (var given in (string[][])[["gemeente", "wijkteam", "vt"], ["gemeente", "wijkteam"]])
        {
            var (offline, errors) = await OfflineAsync(kind, given);
            Assert.NotEqual(0, offline.GetProperty("lines").GetArrayLength());
            Assert.DoesNotContain(veiligThuis, offline.GetProperty("lines").GetRawText(), StringComparison.Ordinal);
            Assert.Equal(given.Length == 2, errors.Contains("lines are left out", StringComparison.Ordinal));
            Assert.DoesNotContain(veiligThuis, errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whether_inspection_is_restricted_cannot_be_read_from_the_answer()
    {
        var kind = await PersonAsync("kind");
        await ReadAsync("wijkteam", await AskAsync("wijkteam", "casusregisseur", "gemeente", kind));
        await DemoLayout.For("gemeente").SetRestrictionsAsync(
            _federation.Systems["gemeente"].SourceDatabase, ClientIdOf("gemeente", kind), inspectionRestricted: true, childObjects: false, Token);

        // Asked twice: the first question is a line of the gateway's log by then.
        await SubjectAsync(kind, "--role", "wettelijk-vertegenwoordiger", "--age", "9");
        var (exit, answer) = await SubjectAsync(kind, "--role", "wettelijk-vertegenwoordiger", "--age", "9");

        // Veilig Thuis has nothing about this child.
        Assert.Equal(0, exit);
        Assert.Equal((AsTold("Veilig Thuis Test"), "nothingToShow"), (AsTold("Gemeente Test"), StateOf(answer, "Gemeente Test")));
        var lines = answer.GetProperty("lines").GetRawText();
        Assert.DoesNotContain(_scenario.Participant("gemeente").Oin, lines, StringComparison.Ordinal);
        Assert.DoesNotContain(_scenario.Participant("vt").Oin, lines, StringComparison.Ordinal);

        string AsTold(string name) => string.Join('|', answer.GetProperty("sources").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name)
            .EnumerateObject().Where(p => p.Name is not ("oin" or "name" or "type")).Select(p => p.ToString()));
    }

    [Fact]
    public async Task Who_may_ask_depends_on_age_and_an_objection_of_a_child_holds_for_all()
    {
        var (kind, puber) = (await PersonAsync("kind"), await PersonAsync("puber"));
        await RefusedAsync(await SubjectAsync(kind, "--role", "inwoner", "--age", "9"), "REPRESENTATION_NOT_PERMITTED");
        await RefusedAsync(await SubjectAsync(puber, "--role", "gemachtigde", "--age", "13"), "REPRESENTATION_NOT_PERMITTED");
        await RefusedAsync(await SubjectAsync(puber, "--role", "inwoner", "--age", "13", "--assurance", "low"), "ASSURANCE_TOO_LOW");
        await RefusedAsync(await SubjectAsync(kind, "--role", "wettelijk-vertegenwoordiger"), "AGE_UNKNOWN");

        Assert.Equal(0, (await SubjectAsync(puber, "--role", "inwoner", "--age", "13")).Exit);
        string[] parent = ["--role", "wettelijk-vertegenwoordiger", "--age", "13", "--facts", """{"child_agrees": true}"""];
        var (exit, answer) = await SubjectAsync(puber, parent);
        Assert.Equal(0, exit);
        Assert.NotEqual(0, answer.GetProperty("lines").GetArrayLength());

        var gemeente = _federation.Systems["gemeente"];
        await DemoLayout.For("gemeente").SetRestrictionsAsync(gemeente.SourceDatabase, ClientIdOf("gemeente", puber), inspectionRestricted: false, childObjects: true, Token);
        (exit, answer) = await SubjectAsync(puber, parent);
        Assert.Equal((1, 0), (exit, answer.GetProperty("lines").GetArrayLength()));

        await DemoLayout.For("gemeente").SetRestrictionsAsync(gemeente.SourceDatabase, ClientIdOf("gemeente", puber), inspectionRestricted: true, childObjects: false, Token);
        (exit, answer) = await SubjectAsync(puber, "--role", "inwoner", "--age", "13");
        Assert.Equal((0, "nothingToShow"), (exit, StateOf(answer, "Gemeente Test")));
    }

    private static Task RefusedAsync((int Exit, JsonElement Answer) result, string code)
    {
        Assert.Equal(1, result.Exit);
        Assert.Equal(0, result.Answer.GetProperty("lines").GetArrayLength());
        Assert.Contains(result.Answer.GetProperty("sources").EnumerateArray(), s => s.GetProperty("reason").GetString() == code);
        return Task.CompletedTask;
    }

    private Task<Answer<Person>> ReadAsync(string caller, Ask ask) => _federation.Systems[caller].Gateway.GetPersonAsync(ask, Token);

    private Task<Ask> AskAsync(string caller, string role, string target, string person) => Task.FromResult(new Ask
    {
        Target = Oin.Parse(_scenario.Participant(target).Oin), Subject = Pseudonym.Parse(person), Purpose = "naw-hergebruik", Actor = "mw-17-" + caller, ActorRole = role,
        Facts = RunningFederation.Facts("""{"subject_informed": true, "subject_age": 9}"""),
    });

    private async Task<string> PersonAsync(string person) =>
        (await _federation.Systems["gemeente"].PseudonymOfAsync(_scenario.Person(person), Token)).Value;

    private async Task ReportAsync(string organisation, string role)
    {
        var system = _federation.Systems[organisation];
        await system.ReportAsync(
            new ReportInvolvementRequest
            {
                ClientId = ClientIdOf(organisation, await PersonAsync("kind")), Change = Change.Started, Purpose = "betrokkenheid-jeugd", Actor = "mw-1", ActorRole = role,
                Involvement = new Involvement { ContactDesk = "Balie", ContactPhone = "088-0000000", StartedOn = "2026-03-15", Status = "active" },
                AssertedFacts = Google.Protobuf.ByteString.CopyFromUtf8("""{"subject_informed": true, "risk_assessed": true, "subject_age": 9}"""),
            },
            Token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var heard = new List<Notification>();
        while (!(heard.Exists(n => n.Receipt is not null) && heard.Count(n => n.Match is not null) == 2))
        {
            heard.Add(await system.Heard.ReadAsync(limit.Token));
        }

        foreach (var other in (string[])["gemeente", "wijkteam"])
        {
            while ((await _federation.Systems[other].Heard.ReadAsync(limit.Token)).Match?.AboutOin != system.Participant.Oin)
            {
            }
        }
    }

    private async Task ReportShieldedAsync(string organisation, string role)
    {
        var system = _federation.Systems[organisation];
        await system.ReportAsync(
            new ReportInvolvementRequest
            {
                ClientId = ClientIdOf(organisation, await PersonAsync("kind")), Change = Change.Started, Purpose = "betrokkenheid-jeugd", Actor = "mw-1", ActorRole = role,
                Shielded = true, Involvement = new Involvement { StartedOn = "2026-03-01", Status = "active" },
                AssertedFacts = Google.Protobuf.ByteString.CopyFromUtf8("""{"subject_informed": true, "risk_assessed": true, "subject_age": 9}"""),
            },
            Token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await system.Heard.ReadAsync(limit.Token)).Receipt is not { Accepted: true })
        {
        }
    }

    private async Task<(int Exit, JsonElement Answer)> SubjectAsync(string person, params string[] options)
    {
        var issued = Path.Combine(Path.GetDirectoryName(_federation.Authority.CertificatePath)!, "issued", _scenario.Participant("portaal").Oin);
        var run = await KetenProcess.RunAsync([
            "log", "subject", person, "--gateway", _federation.GatewayAddress.ToString(), "--gateway-oin", Federation.GatewayOin.Value,
            "--trust-anchors", _federation.Authority.CertificatePath, "--certificate", Path.Combine(issued, "cert.pem"), "--private-key", Path.Combine(issued, "key.pem"),
            "--json", .. options]);
        Assert.True(run.ExitCode is 0 or 1, run.Error);
        return (run.ExitCode, JsonDocument.Parse(run.Output).RootElement);
    }

    private async Task<(JsonElement Answer, string Errors)> OfflineAsync(string person, params string[] given)
    {
        var stores = given.SelectMany(o => (string[])["--adapter-store", $"{_scenario.Participant(o).Oin}={_federation.Systems[o].AdapterDatabase}"]);
        var run = await KetenProcess.RunAsync([
            "log", "subject", person, "--dir", _federation.DecisionLogDirectory, "--participants", _federation.RegistryPath, .. stores,
            "--role", "wettelijk-vertegenwoordiger", "--age", "9", "--json"]);
        Assert.True(run.ExitCode is 0 or 1, run.Error);
        return (JsonDocument.Parse(run.Output).RootElement, run.Error);
    }

    /// <summary>Decisions about the person in the gateway's log, counted here: all but what was withheld, and but the questions of this test itself.</summary>
    private List<string> CountedAtGateway(string person) =>
        [.. DecisionLogReader.Read(_federation.DecisionLogDirectory).Select(r => r.Decision)
            .Where(d => d is not null && d.Subject == person && d.Purpose is not ("veiligheid-beoordelen" or "inzage-betrokkene")).Select(d => d.DecisionId)];

    /// <summary>Notifications that told an organisation of another, counted in the organisations' own databases.</summary>
    private int CountedInInboxes(string person) => ((string[])["gemeente", "wijkteam", "vt"]).Sum(organisation =>
    {
        using var connection = new SqliteConnection($"Data Source={_federation.Systems[organisation].AdapterDatabase};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT payload FROM inbox WHERE subject = $subject";
        command.Parameters.AddWithValue("$subject", person);
        using var reader = command.ExecuteReader();
        var count = 0;
        while (reader.Read())
        {
            var notification = Notification.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
            count += notification.Match is not null || notification.RoleChanged is not null ? 1 : 0;
        }

        return count;
    });

    private string ClientIdOf(string organisation, string person)
    {
        using var connection = new SqliteConnection($"Data Source={_federation.Systems[organisation].AdapterDatabase};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT client_id FROM pseudonym_index WHERE pseudonym = $person";
        command.Parameters.AddWithValue("$person", person);
        return (string)command.ExecuteScalar()!;
    }

    private List<string> DecisionIds(string person, string purpose) =>
        [.. DecisionLogReader.Read(_federation.DecisionLogDirectory).Select(r => r.Decision)
            .Where(d => d?.Subject == person && d.Purpose == purpose).Select(d => d.DecisionId)];

    private static List<string> Ids(List<JsonElement> lines) => [.. lines.Select(l => l.GetProperty("decisionId").GetString()!).Where(id => id.Length > 0)];

    private static string? Outcome(JsonElement line) => line.GetProperty("outcome").GetString();

    private static string? StateOf(JsonElement answer, string name) =>
        answer.GetProperty("sources").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name).GetProperty("state").GetString();
}
