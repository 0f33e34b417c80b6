using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Identity.Pki;
using Keten.TestKit;
using Keten.TestKit.Pki;

namespace Keten.EndToEnd;

/// <summary>Who may connect at all.</summary>
public sealed class ConnectionTests(RunningFederation running)
{
    private static readonly Oin Newcomer = Oin.Parse("00000099000000008001");

    [Fact]
    public async Task Without_a_certificate_nothing_is_answered()
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        using var http = new HttpClient(handler) { DefaultRequestVersion = System.Net.HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(running.Federation.GatewayAddress));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_in_the_handshake()
    {
        using var other = new TestFederation();
        await NotReachedAsync(other.Good(1).Load());
    }

    [Fact]
    public Task An_expired_certificate_is_refused_in_the_handshake() =>
        NotReachedAsync(Load(running.Federation.Authority.Issue(Newcomer, "Verlopen", new IssueOptions
        {
            NotBefore = new DateTimeOffset(2026, 2, 28, 9, 0, 0, TimeSpan.Zero), Validity = TimeSpan.FromHours(1),
        })));

    [Fact]
    public async Task A_revoked_certificate_is_refused_in_the_handshake()
    {
        var issued = running.Federation.Authority.Issue(Newcomer, "Ingetrokken", Long);
        using var certificate = Load(issued);
        await RefusedAsync(certificate, "PARTICIPANT_UNKNOWN");
        running.Federation.Authority.Revoke(issued.Serial);
        await Within.SecondsAsync(5, async () => await ReasonAsync(certificate) == "GATEWAY_NOT_REACHABLE");
    }

    [Fact]
    public async Task A_certificate_of_the_federation_whose_OIN_is_not_registered_is_told_so()
    {
        using var certificate = Load(running.Federation.Authority.Issue(Newcomer, "Nieuw", Long));
        await RefusedAsync(certificate, "PARTICIPANT_UNKNOWN");
    }

    [Fact]
    public async Task A_client_that_never_finishes_its_handshake_keeps_nobody_waiting()
    {
        using var silent = new TcpClient();
        await silent.ConnectAsync(running.Federation.GatewayAddress.Host, running.Federation.GatewayAddress.Port);
        Assert.Equal("Noor", (await running.Wijkteam.GetPersonAsync(await running.QuestionAsync())).Data.GivenNames);
    }

    [Fact]
    public async Task Only_the_gateway_may_connect_to_an_adapter()
    {
        using var direct = running.Client(running.CertificateOf("wijkteam"), running.Federation.AdapterAddresses["gemeente"]);
        var refused = await Assert.ThrowsAsync<KetenException>(async () => await direct.GetPersonAsync(await running.QuestionAsync()));
        Assert.Equal("GATEWAY_NOT_REACHABLE", refused.ReasonCode);
    }

    [Fact]
    public async Task A_participant_with_the_gateways_name_but_not_its_OIN_is_not_taken_for_the_gateway()
    {
        var options = running.Options(running.CertificateOf("wijkteam")) with { GatewayOin = Newcomer };
        using var client = new KetenClient(options);
        var refused = await Assert.ThrowsAsync<KetenException>(async () => await client.GetPersonAsync(await running.QuestionAsync()));
        Assert.Equal("GATEWAY_NOT_REACHABLE", refused.ReasonCode);
    }

    private static IssueOptions Long => new() { Validity = TimeSpan.FromDays(3000) };

    private static X509Certificate2 Load(IssuedCertificate issued) => X509Certificate2.CreateFromPemFile(issued.CertificatePath, issued.KeyPath);

    private async Task NotReachedAsync(X509Certificate2 certificate) => Assert.Equal("GATEWAY_NOT_REACHABLE", await ReasonAsync(certificate));

    private async Task RefusedAsync(X509Certificate2 certificate, string reason) => Assert.Equal(reason, await ReasonAsync(certificate));

    private async Task<string> ReasonAsync(X509Certificate2 certificate)
    {
        using var client = running.Client(certificate);
        return (await Assert.ThrowsAsync<KetenException>(async () => await client.GetPersonAsync(await running.QuestionAsync()))).ReasonCode;
    }
}
