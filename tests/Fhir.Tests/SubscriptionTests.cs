using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Keten.Demo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir.Tests;

/// <summary>From one organisation's report to a knock at another's FHIR system: gateway, broker, adapters and certificates as they are.</summary>
public sealed class SubscriptionTests
{
    private const string Story = """
        {
          "id": "knock", "title": "Knock", "summary": "Knock", "shows": ["fhir"],
          "participants": [
            {"ref": "gemeente", "oin": "00000099000000001003", "name": "Gemeente Test", "type": "gemeente", "region": "R"},
            {"ref": "vt", "oin": "00000099000000001000", "name": "Veilig Thuis Test", "type": "veilig-thuis", "region": "R"}
          ],
          "persons": [
            {"ref": "noor", "bsn": "999912112", "given_names": "Noor", "family_name": "Voorbeeld", "birth_date": "2016-10-10", "gender": "female",
             "household_role": "child", "address": {"street": "Dijk", "house_number": "1", "postal_code": "1234 AB", "city": "Elders"}}
          ],
          "records": [{"organisation": "gemeente", "person": "noor", "category": "naw", "values": {"given_names": "Noor", "family_name": "Voorbeeld"}}],
          "events": [
            {"id": "e1", "at": "2026-03-01T09:00:00Z", "kind": "involvement-started", "by": {"organisation": "gemeente", "role": "jeugdconsulent"}, "person": "noor",
             "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "", "expect": {"decision": "allow", "reason_code": "ALLOWED"}},
            {"id": "e2", "at": "2026-03-01T10:00:00Z", "kind": "involvement-started", "by": {"organisation": "vt", "role": "onderzoeker"}, "person": "noor",
             "purpose": "betrokkenheid-jeugd", "facts": {"subject_informed": true, "risk_assessed": true}, "note": "", "expect": {"decision": "allow", "reason_code": "ALLOWED"}}
          ]
        }
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_match_knocks_at_the_case_system_that_subscribed_with_its_own_certificate()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, Story, Stop);
        var scenario = Scenario.Load(path);
        File.Delete(path);
        await using var federation = await Federation.StartAsync(scenario, decisionLogDirectory: null, verbose: false, Stop);
        var knocks = Channel.CreateUnbounded<(string Url, string Secret, long Length)>();
        await using var endpoint = await EndpointAsync(knocks.Writer);

        // Another participant's certificate is a good one, and opens nothing here.
        using (var other = Client(federation, scenario, "vt"))
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => other.CapabilityStatementAsync(ct: Stop));
        }

        using var client = Client(federation, scenario, "gemeente");
        Assert.Equal("Subscription", Assert.Single((await client.CapabilityStatementAsync(ct: Stop))!.Rest[0].Resource).Type);
        var made = (await client.CreateAsync(
            new Subscription
            {
                Status = Subscription.SubscriptionStatus.Requested, Reason = "Zaaksysteem", Criteria = "CareTeam?",
                Channel = new() { Type = Subscription.SubscriptionChannelType.RestHook, Endpoint = Address(endpoint) + "/knock", Header = ["Authorization: Bearer a-secret"] },
            }, Stop))!;
        await foreach (var step in new ScenarioPlayer(scenario, federation).PlayAsync(Stop))
        {
            Assert.Equal("allow", step.Outcome);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        Assert.Equal(("/knock", "Bearer a-secret", 0), await knocks.Reader.ReadAsync(limit.Token));
        Assert.Equal(Subscription.SubscriptionStatus.Active, (await client.ReadAsync<Subscription>($"Subscription/{made.Id}", ct: Stop))!.Status);
    }

    private static FhirClient Client(Federation federation, Scenario scenario, string caller)
    {
        var issued = Path.Combine(Path.GetDirectoryName(federation.Authority.CertificatePath)!, "issued", scenario.Participant(caller).Oin);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(federation.Authority.CertificatePath);
        var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [X509Certificate2.CreateFromPemFile(Path.Combine(issued, "cert.pem"), Path.Combine(issued, "key.pem"))],
                CertificateChainPolicy = policy,
                RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
            },
        });

        // The adapter's second address is the case system's door.
        var door = federation.Hosts["gemeente"].Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1);
        return new FhirClient(new Uri(door + "/fhir"), http, new FhirClientSettings { PreferredFormat = ResourceFormat.Json, VerifyFhirVersion = true });
    }

    private static async Task<WebApplication> EndpointAsync(ChannelWriter<(string Url, string Secret, long Length)> knocks)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var endpoint = builder.Build();
        endpoint.MapPost("/{**path}", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            await knocks.WriteAsync((http.Request.Path + http.Request.QueryString, http.Request.Headers.Authorization.ToString(), body.Length), http.RequestAborted);
        });
        await endpoint.StartAsync(Stop);
        return endpoint;
    }

    private static string Address(WebApplication host) => host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
