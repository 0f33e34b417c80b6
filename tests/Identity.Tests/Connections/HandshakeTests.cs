using System.Net.Sockets;
using System.Security.Authentication;
using Keten.TestKit.Pki;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Identity.Tests;

public sealed class HandshakeTests : IAsyncLifetime
{
    private readonly TestFederation _federation = new();
    private ParticipantHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _federation.Register(TestFederation.Participant(TestFederation.OinOf(2)));
        _host = await ParticipantHost.StartAsync(_federation, _federation.Good(1, "Gateway"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _federation.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Lets_a_registered_participant_in(SslProtocols protocol)
    {
        await using var client = await RawClient.ConnectAsync(_host.Address, _federation.Good(2), protocol);

        Assert.Contains($"{TestFederation.OinOf(2)} active -", await client.GetAsync("/who"), StringComparison.Ordinal);
        Assert.Equal(protocol, client.Protocol);
        Assert.Empty(_host.Log.Bad);
    }

    [Fact]
    public async Task Prefers_tls_1_3()
    {
        await using var client = await RawClient.ConnectAsync(_host.Address, _federation.Good(2));

        Assert.Equal(SslProtocols.Tls13, client.Protocol);
    }

    [Fact]
    public async Task Does_not_speak_tls_1_1()
    {
#pragma warning disable CA5397, SYSLIB0039 // It is the point of the test.
        var answer = await RawClient.GetAsync(_host.Address, _federation.Good(2), "/who", SslProtocols.Tls11);
#pragma warning restore CA5397, SYSLIB0039

        Assert.Null(answer);
    }

    [Theory]
    [InlineData("15030100020228")] // An alert, where a ClientHello belongs.
    [InlineData("474554202f20485454502f312e310d0a0d0a")] // Plain HTTP.
    [InlineData("1603010005010000010003")] // A ClientHello of one byte.
    public async Task Garbage_never_leaves_a_stack_in_the_log(string hex)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_host.Address.Host, _host.Address.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(Convert.FromHexString(hex), TestContext.Current.CancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
                // An alert, perhaps.
            }
        }
        catch (SocketException)
        {
            // Reset: dropped as well.
        }

        await Eventually.Holds(() => _host.Services.GetRequiredService<LiveConnections>().Count == 0, "the connection is gone");
        Assert.True(_host.Log.Bad.Count <= 1);
        Assert.All(_host.Log.Bad, line => Assert.Null(line.Exception));
    }

    public static TheoryData<string, SslProtocols> Bad()
    {
        var data = new TheoryData<string, SslProtocols>();
        foreach (var protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            foreach (var reason in new[]
            {
                CertificateFaults.Missing, CertificateFaults.Untrusted, CertificateFaults.Expired, CertificateFaults.NotYetValid, CertificateFaults.Revoked,
                CertificateFaults.WithoutOin, CertificateFaults.WrongUse, CertificateFaults.RevocationUnknown,
            })
            {
                data.Add(reason, protocol);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Drops_a_bad_certificate_in_the_handshake_with_one_line_and_no_stack(string reason, SslProtocols protocol)
    {
        var identity = reason switch
        {
            CertificateFaults.Missing => null,
            CertificateFaults.Untrusted => _federation.OfOtherAuthority(2),
            CertificateFaults.Expired => _federation.Expired(2),
            CertificateFaults.NotYetValid => _federation.NotYetValid(2),
            CertificateFaults.Revoked => await RevokedAsync(2),
            CertificateFaults.WithoutOin => _federation.WithoutOin(),
            CertificateFaults.WrongUse => _federation.WithoutClientAuth(2),
            _ => _federation.BelowIntermediate(2),
        };

        var answer = await RawClient.GetAsync(_host.Address, identity, "/who", protocol);

        Assert.Null(answer);
        await Eventually.Holds(() => _host.Log.Bad.Count > 0, "the refusal is in the log");
        var line = Assert.Single(_host.Log.Bad);
        Assert.Contains(reason, line.Text, StringComparison.Ordinal);
        Assert.Null(line.Exception);
    }

    [Fact]
    public async Task Drops_a_certificate_with_two_oins()
    {
        Assert.Null(await RawClient.GetAsync(_host.Address, _federation.WithTwoOins(2, 3), "/who"));
        await Eventually.Holds(() => _host.Log.Bad is [var line] && line.Text.Contains(CertificateFaults.WithoutOin, StringComparison.Ordinal), "logged");
    }

    [Fact]
    public async Task Drops_a_certificate_with_a_malformed_oin()
    {
        Assert.Null(await RawClient.GetAsync(_host.Address, _federation.WithMalformedOin(), "/who"));
    }

    [Fact]
    public async Task Drops_a_certificate_without_any_extended_key_usage()
    {
        Assert.Null(await RawClient.GetAsync(_host.Address, _federation.WithoutAnyUse(2), "/who"));
    }

    [Fact]
    public async Task A_listener_that_accepts_only_the_gateway_drops_everyone_else()
    {
        var gateway = _federation.Good(7, "Gateway");
        await using var adapter = await ParticipantHost.StartAsync(_federation, _federation.Good(2), registry: false, accept: verdict => verdict.Oin == gateway.Oin);

        Assert.Contains($"- - - {gateway.Oin}", await RawClient.GetAsync(adapter.Address, gateway, "/who"), StringComparison.Ordinal);
        Assert.Null(await RawClient.GetAsync(adapter.Address, _federation.Good(3), "/who"));
        await Eventually.Holds(() => adapter.Log.Bad is [var line] && line.Text.Contains(CertificateFaults.NotAcceptedHere, StringComparison.Ordinal), "logged");
    }

    private async Task<TestIdentity> RevokedAsync(int number)
    {
        var identity = _federation.Revoked(number);
        var trust = (FederationTrust)_host.Services.GetService(typeof(FederationTrust))!;
        using var certificate = identity.Load();
        await Eventually.Holds(() => trust.Validate(certificate).Reason == CertificateFaults.Revoked, "the list is read again");
        return identity;
    }
}
