using System.Net;
using System.Security.Authentication;
using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Identity.Tests;

public sealed class OutgoingTests : IDisposable
{
    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public async Task Calls_the_participant_it_expects_over_http_2()
    {
        var caller = Registered(2);
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));
        using var http = Client(caller, TestFederation.OinOf(1));

        using var response = await http.GetAsync(new Uri(host.Address, "/who"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.StartsWith($"{caller.Oin} active -", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speaks_http_1_1_when_asked()
    {
        var caller = Registered(2);
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));
        using var http = Client(caller, TestFederation.OinOf(1));
        http.DefaultRequestVersion = HttpVersion.Version11;

        using var response = await http.GetAsync(new Uri(host.Address, "/who"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpVersion.Version11, response.Version);
    }

    [Fact]
    public async Task Refuses_another_participant_than_it_expects()
    {
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));

        await RefusesAsync(host, TestFederation.OinOf(3), CertificateFaults.OtherServer);
    }

    [Fact]
    public async Task Refuses_a_server_without_server_auth()
    {
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.WithoutServerAuth(1));

        await RefusesAsync(host, TestFederation.OinOf(1), CertificateFaults.WrongUse);
    }

    [Fact]
    public async Task Refuses_a_revoked_server()
    {
        var server = _federation.Good(1);
        await using var host = await ParticipantHost.StartAsync(_federation, server);
        _federation.Authority.Revoke(server.Oin);

        await RefusesAsync(host, server.Oin, CertificateFaults.Revoked);
    }

    [Fact]
    public async Task Refuses_a_server_of_another_federation()
    {
        using var other = new TestFederation();
        await using var host = await ParticipantHost.StartAsync(other, other.Good(1));

        await RefusesAsync(host, TestFederation.OinOf(1), CertificateFaults.Untrusted);
    }

    [Fact]
    public async Task Does_not_call_without_tls()
    {
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));
        using var http = Client(Registered(2), TestFederation.OinOf(1));

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() =>
            http.GetStringAsync(new Uri($"http://127.0.0.1:{host.Address.Port}/who"), TestContext.Current.CancellationToken));

        Assert.IsType<AuthenticationException>(fault.InnerException);
    }

    [Fact]
    public async Task A_stream_from_a_server_that_is_revoked_meanwhile_is_cut()
    {
        using var callers = new TestFederation();
        var server = _federation.Good(1);
        Registered(2);
        // The server does not hear of its own revocation; the client's side must cut by itself.
        var lists = Path.Combine(callers.Root, "crl.pem");
        File.Copy(_federation.RevocationList, lists);
        await using var host = await ParticipantHost.StartAsync(_federation, server);
        var gateway = _federation.Good(2);
        await using var caller = await ParticipantHost.StartAsync(_federation, gateway,
            services: services => Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.PostConfigure<FederationOptions>(
                services, options => options.RevocationList = lists));
        var trust = (FederationTrust)caller.Services.GetService(typeof(FederationTrust))!;
        using var http = new HttpClient(trust.CreateHandler(server.Oin));
        using var response = await http.GetAsync(new Uri(host.Address, "/stream"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[64];
        Assert.True(await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0);

        var before = File.ReadAllBytes(_federation.RevocationList);
        _federation.Authority.Revoke(server.Oin);
        File.Copy(_federation.RevocationList, lists, overwrite: true);
        File.WriteAllBytes(_federation.RevocationList, before);

        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken));
        await Eventually.Holds(() => caller.Log.Bad.Any(line => line.Text.Contains(CertificateFaults.Revoked, StringComparison.Ordinal)), "logged");
    }

    [Fact]
    public async Task A_client_without_injection_shows_its_renewed_certificate()
    {
        var caller = Registered(2);
        string Thumbprint(HttpContext http) => http.Identify().Certificate!.Thumbprint;
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1), map: app => app.MapGet("/thumbprint", Thumbprint));
        var time = new ShiftedTime();
        var credentials = FederationCredentials.Load(_federation.TrustAnchors, _federation.RevocationList, caller.CertificatePath, caller.KeyPath, time);
        var before = await ShownAsync();

        _federation.Good(2);

        await Eventually.Holds(async () => await ShownAsync() != before, "the new certificate is shown");

        async Task<string> ShownAsync()
        {
            using var http = new HttpClient(credentials.CreateHandler(TestFederation.OinOf(1)));
            return await http.GetStringAsync(new Uri(host.Address, "/thumbprint"), TestContext.Current.CancellationToken);
        }
    }

    private TestIdentity Registered(int number)
    {
        var identity = _federation.Good(number);
        _federation.Register(TestFederation.Participant(identity.Oin));
        return identity;
    }

    private HttpClient Client(TestIdentity identity, Keten.Contracts.Identifiers.Oin expected) => new(_federation.Credentials(identity).CreateHandler(expected))
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private async Task RefusesAsync(ParticipantHost host, Keten.Contracts.Identifiers.Oin expected, string reason)
    {
        using var http = Client(Registered(2), expected);
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri(host.Address, "/who"), TestContext.Current.CancellationToken));
        Assert.Contains(reason, Assert.IsType<AuthenticationException>(fault.InnerException).Message, StringComparison.Ordinal);
    }
}
