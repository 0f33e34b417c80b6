using System.IO.Compression;
using System.Text;
using Keten.Adapters.Fhir.Tests.Support;
using Keten.Adapters.Sdk.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Adapters.Fhir.Tests.Sources;

/// <summary>Whatever the server answers: an error is never "nothing found", nothing is taken from somebody else, and nothing hangs or is repeated in a text.</summary>
public sealed class HostileServerTests : IDisposable
{
    private const string Marloes = """{"resourceType": "Patient", "id": "marloes", "name": [{"family": "Linde"}]}""";
    private const string Sam = """{"resourceType": "Patient", "id": "sam", "name": [{"family": "Haverkamp"}]}""";

    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Every_status_but_200_is_a_source_without_an_answer(int status)
    {
        await using var server = await ScriptedServer.StartAsync();
        var fault = await FaultAsync(server, http =>
        {
            http.Response.Headers.Location = $"{server.Base}/elsewhere";
            return status == 204 ? SetStatus(http, status) : ScriptedServer.Json("""{"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login", "diagnostics": "marloes 999912008"}]}""", status)(http);
        });

        Assert.Equal($"HTTP {status}", fault.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"Linde\"")]
    [InlineData("{\"resourceType\": \"Linde\"}")]
    [InlineData("{\"resourceType\": \"Bundle\"}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"collection\"}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"Linde\"}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"entry\": [{}]}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"entry\": [{\"resource\": {\"resourceType\": \"Linde\"}}]}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"entry\": \"Linde\"}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"entry\": [null]}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"link\": [null]}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"link\": [{\"relation\": \"next\"}]}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"link\": [{\"relation\": \"next\", \"url\": 5}]}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"total\": 1}")]
    [InlineData("{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"entry\": [{\"resource\": {\"resourceType\": \"Observation\", \"id\": \"marloes\"}, \"search\": {\"mode\": \"match\"}}]}")]
    [InlineData(Marloes)]
    [InlineData("{\"resourceType\": \"OperationOutcome\", \"issue\": [{\"severity\": \"error\", \"code\": \"exception\", \"diagnostics\": \"Linde\"}]}")]
    [InlineData("<html><body>Linde</body></html>")]
    public async Task What_is_no_searchset_is_no_answer(string body)
    {
        await using var server = await ScriptedServer.StartAsync();

        Assert.Equal("form", (await FaultAsync(server, ScriptedServer.Json(body))).Code);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/fhir+xml")]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    public async Task Nor_is_what_does_not_say_that_it_is_json(string type)
    {
        await using var server = await ScriptedServer.StartAsync();

        Assert.Equal("form", (await FaultAsync(server, ScriptedServer.Json(ScriptedServer.Searchset(Marloes), type: type))).Code);
    }

    [Fact]
    public async Task An_error_among_the_entries_is_an_error_and_a_warning_is_none()
    {
        await using var server = await ScriptedServer.StartAsync();
        const string Outcome = """{"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "informational"}]}""";
        Assert.Equal("outcome", (await FaultAsync(server, ScriptedServer.Json(ScriptedServer.Searchset(Marloes, Outcome.Replace("warning", "error", StringComparison.Ordinal))))).Code);

        server.Answer = ScriptedServer.Json(ScriptedServer.Searchset(Marloes, Outcome));
        await using var source = await StartedAsync(server);
        Assert.Equal("Linde", (await source.Person.GetAsync("marloes", Stop))!.FamilyName);
    }

    [Fact]
    public async Task Another_persons_patient_is_refused_also_beside_the_right_one()
    {
        await using var server = await ScriptedServer.StartAsync();

        Assert.Equal("subject", (await FaultAsync(server, ScriptedServer.Json(ScriptedServer.Searchset(Sam)))).Code);
        Assert.Equal("subject", (await FaultAsync(server, ScriptedServer.Json(ScriptedServer.Searchset(Marloes, Sam)))).Code);
        Assert.Equal("value", (await FaultAsync(server, ScriptedServer.Json(ScriptedServer.Searchset(Marloes, Marloes.Replace("Linde", "Haverkamp", StringComparison.Ordinal))))).Code);
    }

    [Theory]
    [InlineData("""{"reference": "Patient/sam"}""")]
    [InlineData("""{"reference": "https://elsewhere.example/r4/Patient/marloes"}""")]
    [InlineData("""{"reference": "Practitioner/marloes"}""")]
    [InlineData("""{"reference": "#marloes"}""")]
    [InlineData("""{"reference": "Patient/marloes/../sam"}""")]
    [InlineData("""{"reference": "foo/Patient/marloes"}""")]
    [InlineData("""{"reference": "/Patient/marloes"}""")]
    [InlineData("""{"reference": "Patient/marloes/_history"}""")]
    [InlineData("""{"display": "marloes"}""")]
    [InlineData("""{"reference": "urn:uuid:0198c9f1-1111-7222-8333-444455556666"}""")]
    public async Task A_relation_or_involvement_of_another_person_is_refused(string patient)
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var source = await StartedAsync(server);
        server.Answer = http => ScriptedServer.Json(ScriptedServer.Searchset(
            http.Request.Path.Value!.Contains("Related", StringComparison.Ordinal) ? $$"""{"resourceType": "RelatedPerson", "id": "r", "patient": {{patient}} }"""
                : $$"""{"resourceType": "EpisodeOfCare", "id": "e", "status": "active", "patient": {{patient}} }"""))(http);

        Assert.Equal("subject", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Household.GetAsync("marloes", Stop))).Code);
        Assert.Equal("subject", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Involvement.GetAsync("marloes", Stop))).Code);
    }

    [Fact]
    public async Task A_reference_with_the_servers_own_address_is_the_same_person()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var source = await StartedAsync(server);
        foreach (var reference in (string[])[$"{server.Base}/Patient/marloes", $"{server.Base}/Patient/marloes/_history/2", "Patient/marloes/_history/2"])
        {
            server.Answer = ScriptedServer.Json(ScriptedServer.Searchset($$"""{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "{{reference}}"} }"""));
            Assert.Single(await source.Household.GetAsync("marloes", Stop));
        }
    }

    [Fact]
    public async Task A_huge_answer_is_broken_off_packed_or_not()
    {
        await using var server = await ScriptedServer.StartAsync();
        var piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)' ');

        Assert.Equal("size", (await FaultAsync(server, async http =>
        {
            http.Response.ContentType = "application/fhir+json";
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }
        })).Code);
        Assert.Equal("size", (await FaultAsync(server, async http =>
        {
            http.Response.ContentType = "application/fhir+json";
            http.Response.Headers.ContentEncoding = "gzip";
            await using var packed = new GZipStream(http.Response.Body, CompressionLevel.Fastest);
            for (var i = 0; i < 4000 && !http.RequestAborted.IsCancellationRequested; i++)
            {
                await packed.WriteAsync(piece, http.RequestAborted);
            }
        })).Code);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(50_000)]
    public async Task Deep_nesting_is_no_answer_and_no_crash(int depth)
    {
        await using var server = await ScriptedServer.StartAsync();
        var nested = new StringBuilder("""{"resourceType": "Patient", "id": "marloes", "extension": """);
        nested.Insert(nested.Length, """[{"url": "x", "extension": """, depth).Append("[]").Insert(nested.Length, "}]", depth).Append('}');

        Assert.Equal("form", (await FaultAsync(server, ScriptedServer.Json(ScriptedServer.Searchset(nested.ToString())))).Code);
    }

    [Theory]
    [InlineData("https://elsewhere.example/r4?page=2")]
    [InlineData("http://127.0.0.1:1/r4?page=2")]
    [InlineData("//elsewhere.example/r4?page=2")]
    [InlineData("{base}/../admin")]
    [InlineData("{base}x?page=2")]
    [InlineData("file:///etc/passwd")]
    public async Task A_next_page_elsewhere_is_not_followed(string next)
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var source = await StartedAsync(server);
        server.Answer = ScriptedServer.Json($$"""{"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": "{{next.Replace("{base}", server.Base.ToString(), StringComparison.Ordinal)}}"}]}""");

        Assert.Equal("link", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Household.GetAsync("marloes", Stop))).Code);
    }

    [Fact]
    public async Task Pages_without_end_are_no_answer()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var source = await StartedAsync(server);
        var asked = 0;
        server.Answer = http =>
        {
            asked++;
            return ScriptedServer.Json($$"""{"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": "{{server.Base}}?page={{asked}}"} ]}""")(http);
        };

        Assert.Equal("pages", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Household.GetAsync("marloes", Stop))).Code);
        Assert.Equal(20, asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    public async Task A_server_that_does_not_answer_or_stops_in_the_middle_ends_at_its_time_limit_or_when_the_caller_leaves(string begin)
    {
        await using var server = await ScriptedServer.StartAsync();
        var time = new FakeTimeProvider();
        await using var source = await StartedAsync(server, time);
        var asked = new SemaphoreSlim(0);
        server.Answer = async http =>
        {
            http.Response.ContentType = "application/fhir+json";
            await http.Response.WriteAsync(begin, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            asked.Release();
            await ScriptedServer.Silence(http);
        };

        var call = source.Person.GetAsync("marloes", Stop);
        await asked.WaitAsync(Stop);
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("timeout", (await Assert.ThrowsAsync<SourceUnavailableException>(() => call)).Code);

        using var caller = new CancellationTokenSource();
        var left = source.Person.GetAsync("marloes", caller.Token);
        await asked.WaitAsync(Stop);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
    }

    [Fact]
    public async Task What_was_not_asked_for_is_not_taken_along_when_references_are_followed()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var source = await StartedAsync(server);
        server.Answer = http => ScriptedServer.Json(ScriptedServer.Searchset(
            http.Request.Path.Value!.Contains("Episode", StringComparison.Ordinal)
                ? """{"resourceType": "EpisodeOfCare", "id": "e", "status": "active", "patient": {"reference": "Patient/marloes"}, "managingOrganization": {"reference": "Organization/a"}}"""
                : """{"resourceType": "Organization", "id": "b", "name": "Andere"}"""))(http);

        Assert.Equal("subject", (await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Involvement.GetAsync("marloes", Stop))).Code);
    }

    [Fact]
    public async Task What_cannot_be_read_of_one_client_keeps_no_other_away_and_of_one_relation_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync();
        const string LeaveOut = """{leave_out: "active & 'x'"}""";
        var mapping = Mappings.Standard(server.Base).With("clients: {}", $"clients: {LeaveOut}").With("household: {}", $"household: {LeaveOut}");
        await using var source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", mapping));
        const string Number = """ "identifier": [{"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999912008"}]""";
        server.Answer = http => ScriptedServer.Json(http.Request.Path.Value!.Contains("Related", StringComparison.Ordinal)
            ? ScriptedServer.Searchset("""{"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/a"}, "active": true}""")
            : ScriptedServer.Searchset($$"""{"resourceType": "Patient", "id": "a", "active": true, {{Number}} }""", $$"""{"resourceType": "Patient", "id": "b", {{Number}} }"""))(http);

        Assert.Equal("b", Assert.Single(await source.Clients.ReadAllAsync(Stop).ToListAsync(Stop)).ClientId);
        Assert.Contains("1 Patients have no number", source.Logs.All, StringComparison.Ordinal);
        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Household.GetAsync("a", Stop));
        Assert.Equal(("household", "value"), (fault.Port, fault.Code));
    }

    [Fact]
    public async Task What_the_server_includes_by_itself_is_not_asked_for_again()
    {
        await using var server = await ScriptedServer.StartAsync();
        var mapping = Mappings.Standard(server.Base).With("involvement:\n", "involvement:\n  search: EpisodeOfCare?patient=Patient/{client}&_include=EpisodeOfCare:organization\n");
        await using var source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", mapping));
        var asked = new List<string>();
        server.Answer = async http =>
        {
            asked.Add(await new StreamReader(http.Request.Body).ReadToEndAsync(http.RequestAborted));
            await ScriptedServer.Json(ScriptedServer.Searchset(
                """{"resourceType": "EpisodeOfCare", "id": "e", "status": "active", "patient": {"reference": "Patient/marloes"}, "managingOrganization": {"reference": "Organization/a"}}""",
                """{"resourceType": "Organization", "id": "a", "name": "Wijkteam"}"""))(http);
        };

        Assert.Equal("Wijkteam", Assert.Single(await source.Involvement.GetAsync("marloes", Stop)).Organisation);
        Assert.Equal(["_include=EpisodeOfCare%3Aorganization", "patient=Patient%2Fmarloes"], Assert.Single(asked).Split('&').Order());
    }

    /// <summary>What the call of a person fails with. Whatever it is, it repeats nothing of the answer.</summary>
    private async Task<SourceUnavailableException> FaultAsync(ScriptedServer server, Func<HttpContext, Task> answer)
    {
        server.Answer = ScriptedServer.Json(ScriptedServer.Empty);
        await using var source = await StartedAsync(server);
        server.Answer = answer;

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("marloes", Stop));

        Assert.Null(fault.InnerException);
        foreach (var secret in (string[])["Linde", "marloes", "Haverkamp", "999912008"])
        {
            Assert.DoesNotContain(secret, fault + source.Logs.All, StringComparison.OrdinalIgnoreCase);
        }

        return fault;
    }

    private async Task<RunningSource> StartedAsync(ScriptedServer server, TimeProvider? time = null)
    {
        var answer = server.Answer;
        server.Answer = ScriptedServer.Json(ScriptedServer.Empty);
        var source = await RunningSource.StartAsync(_folder.Write("mapping.yaml", Mappings.Standard(server.Base).With("clients:", "  max_answer_kilobytes: 2048\nclients:")), time);
        server.Answer = answer;
        return source;
    }

    private static Task SetStatus(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
