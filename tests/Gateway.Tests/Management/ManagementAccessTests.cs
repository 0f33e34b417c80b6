using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Keten.Gateway.Management.Access;
using Keten.Identity;
using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Keten.Gateway.Tests.Management;

/// <summary>Who may do what at a management listener that others can reach, over real mTLS.</summary>
public sealed class ManagementAccessTests : IDisposable
{
    private const string Evaluation = "/access/v1/evaluation";
    private const string Evaluations = "/access/v1/evaluations";
    private static readonly IPEndPoint Everywhere = new(IPAddress.Any, 0);

    private readonly TestFederation _federation = new();
    private readonly TheClients _clients;

    public ManagementAccessTests() => _clients = new TheClients(_federation);

    public void Dispose()
    {
        _clients.Dispose();
        _federation.Dispose();
    }

    [Fact]
    public async Task A_participant_asks_for_itself()
    {
        await using var it = await StartAsync();
        var (status, body, _) = await TheManagement.PostAsync(Client(it, TheManagement.Wijkteam), Evaluation, Question(TheManagement.Wijkteam));
        Assert.Equal(200, status);
        Assert.True(body.GetProperty("decision").GetBoolean());
        Assert.Equal(TheManagement.Wijkteam, Assert.Single(it.Records).AskedBy);
    }

    [Fact]
    public async Task A_participant_that_asks_for_another_is_403_and_nothing_is_decided_also_in_a_batch()
    {
        await using var it = await StartAsync();
        var wijkteam = Client(it, TheManagement.Wijkteam);
        var (status, body, _) = await TheManagement.PostAsync(wijkteam, Evaluation, Question(TheManagement.Gemeente));
        Assert.Equal(403, status);
        Assert.Contains($"subject.id: a participant asks for itself only; expected {TheManagement.Wijkteam}", body.GetString(), StringComparison.Ordinal);

        var batch = JsonNode.Parse(Question(TheManagement.Wijkteam))!;
        batch["evaluations"] = new JsonArray(new JsonObject(), new JsonObject { ["subject"] = JsonNode.Parse(Question(TheManagement.Gemeente))!["subject"]!.DeepClone() });
        Assert.Equal(403, (await TheManagement.PostAsync(wijkteam, Evaluations, batch.ToJsonString())).Status);
        Assert.Empty(it.Records);
    }

    [Fact]
    public async Task A_participant_sees_and_loads_no_bundle_but_health_and_what_there_is_to_ask()
    {
        await using var it = await StartAsync();
        var wijkteam = Client(it, TheManagement.Wijkteam);
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(wijkteam, "/policy/bundle"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(wijkteam, "/metrics"));
        Assert.Equal(403, (await TheManagement.PostAsync(wijkteam, "/policy/bundle/load", "")).Status);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(wijkteam, "/healthz/live"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(wijkteam, "/.well-known/authzen-configuration"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(wijkteam, "/keten.person.v1.PersonService/GetPerson"));
    }

    [Theory]
    [InlineData("security-officer", 200, 200, 403)]
    [InlineData("privacy-officer", 200, 200, 200)]
    [InlineData("integration-engineer", 403, 200, 403)]
    [InlineData("operator", 403, 200, 200)]
    public async Task An_operator_may_what_its_role_may(string role, int asks, int sees, int loads)
    {
        var officer = Identity("00000099000000009001");
        await using var it = await StartAsync(new OperatorOptions { Name = "officer-1", PublicKeySha256 = PinOf(officer), Roles = [role] });
        var http = Client(it, officer);
        Assert.Equal(asks, (await TheManagement.PostAsync(http, Evaluation, Question(TheManagement.Gemeente))).Status);
        Assert.Equal(sees, (int)await GetAsync(http, "/policy/bundle"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(http, "/metrics"));
        Assert.Equal(loads, (await TheManagement.PostAsync(http, "/policy/bundle/load", "")).Status);
        Assert.Equal(asks == 200 ? ["officer-1"] : [], it.Records.Select(r => r.AskedBy));
    }

    [Fact]
    public async Task Who_is_neither_participant_nor_operator_gets_no_connection_and_neither_does_plain_http()
    {
        await using var it = await StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(Client(it, "00000099000000009002"), "/healthz/live"));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(it.Http, "/healthz/live"));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(Client(it, (X509Certificate2?)null), "/healthz/live"));
    }

    [Fact]
    public async Task On_loopback_it_is_plain_and_who_is_there_may_all()
    {
        await using var it = await TheManagement.StartAsync();
        Assert.Equal(200, (await it.PostAsync(Evaluation, Question(TheManagement.Gemeente))).Status);
        Assert.Equal("loopback", Assert.Single(it.Records).AskedBy);
        Assert.Contains("keten_policy_bundle_active", await it.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.8.8", false)]
    [InlineData("::1", false)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("10.0.0.7", true)]
    public void There_is_no_listener_on_the_network_without_tls(string address, bool tls) =>
        Assert.Equal(tls, ManagementAccess.NeedsTls(new IPEndPoint(IPAddress.Parse(address), 8444)));

    [Fact]
    public void Operators_that_make_no_sense_stop_the_start_each_by_its_name()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var pin = new string('a', 64);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gateway:Federation:Participants"] = "participants.yaml", ["Gateway:DecisionLog:Directory"] = "log", ["Gateway:DecisionLog:SigningKey"] = "log.key", ["Gateway:Kafka:BootstrapServers"] = "x:1",
            ["Gateway:Operators:0:PublicKeySha256"] = pin, ["Gateway:Operators:0:Roles:0"] = "operator",
            ["Gateway:Operators:1:Name"] = "b", ["Gateway:Operators:1:PublicKeySha256"] = pin, ["Gateway:Operators:1:Roles:0"] = "god",
            ["Gateway:Operators:2:Name"] = "c", ["Gateway:Operators:2:PublicKeySha256"] = "AB",
        });
        var message = Assert.Throws<ValidationException>(() => GatewayHost.Build(builder)).Message;
        Assert.All(
            ["Operators:0:Name", "Operators:1:PublicKeySha256: is the key of an earlier entry", "Operators:1:Roles: expected one or more of security-officer",
                "Operators:2:PublicKeySha256: expected 64", "openssl", "Operators:2:Roles"],
            part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private Task<TheManagement> StartAsync(params OperatorOptions[] operators)
    {
        var gateway = _federation.Good(9, "Gateway");
        return TheManagement.StartAsync(services => services.AddFederationIdentity(_federation.Options(gateway)), Everywhere, operators);
    }

    private X509Certificate2 Identity(string oin) => _clients.Identity(oin);

    private HttpClient Client(TheManagement it, string oin) => Client(it, Identity(oin));

    private HttpClient Client(TheManagement it, X509Certificate2? certificate) => _clients.To(it, certificate);

    private static string PinOf(X509Certificate2 certificate) => TheClients.PinOf(certificate);

    private static async Task<HttpStatusCode> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static string Question(string subject) => $$"""
        {"subject": {"type": "organisation", "id": "{{subject}}", "properties": {"role": "{{(subject == TheManagement.Wijkteam ? "wijkcoach" : "gegevensbeheerder")}}"} },
         "action": {"name": "read"},
         "resource": {"type": "naw", "id": "{{TheManagement.Child}}", "properties": {"organisation": "{{TheManagement.Gemeente}}"} },
         "context": {"purpose": "naw-hergebruik", "subject_informed": true} }
        """;
}
