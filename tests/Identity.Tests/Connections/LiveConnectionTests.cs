using System.Diagnostics;
using Keten.Identity.Pki;
using Keten.TestKit.Pki;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Identity.Tests;

public sealed class LiveConnectionTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public async Task A_revoked_participants_open_stream_is_cut()
    {
        var identity = Registered(2);
        await using var host = await StartAsync();
        await using var client = await OpenStreamAsync(host, identity);

        _federation.Authority.Revoke(identity.Oin);

        await EndsAsync(client);
        await Eventually.Holds(() => host.Log.Bad.Any(), "the line in the log");
        var line = Assert.Single(host.Log.Bad);
        Assert.Contains(CertificateFaults.Revoked, line.Text, StringComparison.Ordinal);
        Assert.Null(line.Exception);
    }

    [Fact]
    public async Task The_streams_of_others_go_on()
    {
        var revoked = _federation.Good(2);
        var other = _federation.Good(3);
        _federation.Register(TestFederation.Participant(revoked.Oin), TestFederation.Participant(other.Oin));
        await using var host = await StartAsync();
        await using var cut = await OpenStreamAsync(host, revoked);
        await using var stays = await RawClient.ConnectAsync(host.Address, other);
        await stays.GetAsync("/who");

        _federation.Authority.Revoke(revoked.Oin);

        await EndsAsync(cut);
        Assert.Contains($"{other.Oin} active -", await stays.GetAsync("/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_participants_open_stream_is_cut_and_the_next_connection_says_why()
    {
        var identity = Registered(2);
        await using var host = await StartAsync();
        await using var client = await OpenStreamAsync(host, identity);

        _federation.Register();

        await EndsAsync(client);
        Assert.Contains("PARTICIPANT_UNKNOWN", await RawClient.GetAsync(host.Address, identity, "/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_beside_new_pins_is_cut()
    {
        var identity = Registered(2);
        await using var host = await StartAsync();
        await using var client = await OpenStreamAsync(host, identity);

        _federation.Register(TestFederation.Participant(identity.Oin, pins: new string('b', 64)));

        await EndsAsync(client);
    }

    [Fact]
    public async Task An_operator_outside_the_registry_stays_connected_when_the_registry_changes()
    {
        var operatorIdentity = _federation.Good(9);
        var participant = Registered(2);
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host.Address, operatorIdentity);
        await client.GetAsync("/who");
        await using var witness = await OpenStreamAsync(host, participant);

        _federation.Register();

        await EndsAsync(witness);
        Assert.Contains("PARTICIPANT_UNKNOWN", await client.GetAsync("/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_is_no_longer_trusted_takes_its_connections_along()
    {
        var identity = Registered(2);
        using var next = new TestFederation(name: "Volgende federatie");
        await using var host = await StartAsync();
        await using var client = await OpenStreamAsync(host, identity);

        File.Copy(next.RevocationList, _federation.RevocationList, overwrite: true);
        File.Copy(next.TrustAnchors, _federation.TrustAnchors, overwrite: true);

        await EndsAsync(client);
    }

    [Fact]
    public async Task A_connection_ends_when_the_revocation_list_ends()
    {
        var time = new ShiftedTime();
        using var federation = new TestFederation(time);
        var identity = federation.Good(2);
        federation.Register(TestFederation.Participant(identity.Oin));
        await using var host = await ParticipantHost.StartAsync(federation, federation.Good(1), services: services => services.AddSingleton<TimeProvider>(time));
        await using var client = await OpenStreamAsync(host, identity);

        time.Advance(DevelopmentAuthority.DefaultCrlValidity);

        await EndsAsync(client);
        await Eventually.Holds(() => host.Log.Bad.Any(line => line.Text.Contains(CertificateFaults.RevocationExpired, StringComparison.Ordinal)), "logged");
        Assert.Null(await RawClient.GetAsync(host.Address, identity, "/who"));

        federation.Authority.RefreshCrl();
        await Eventually.Holds(async () => await RawClient.GetAsync(host.Address, identity, "/who") is not null, "a new list lets participants in again");
    }

    [Fact]
    public async Task A_connection_ends_when_its_certificate_ends()
    {
        var time = new ShiftedTime();
        using var federation = new TestFederation(time);
        var issued = federation.Authority.Issue(TestFederation.OinOf(2), "Kort", new IssueOptions { Validity = TimeSpan.FromDays(1) });
        federation.Register(TestFederation.Participant(issued.Oin));
        await using var host = await ParticipantHost.StartAsync(federation, federation.Good(1), services: services => services.AddSingleton<TimeProvider>(time));
        await using var client = await OpenStreamAsync(host, new TestIdentity(issued.Oin, issued.CertificatePath, issued.KeyPath));

        time.Advance(TimeSpan.FromDays(1));

        await EndsAsync(client);
        await Eventually.Holds(() => host.Log.Bad.Any(line => line.Text.Contains(CertificateFaults.Expired, StringComparison.Ordinal)), "logged");
    }

    [Fact]
    public async Task Closed_connections_are_forgotten()
    {
        var identity = Registered(2);
        await using var host = await StartAsync();
        var live = host.Services.GetRequiredService<LiveConnections>();
        await using (await OpenStreamAsync(host, identity))
        {
            Assert.Equal(1, live.Count);
        }

        await Eventually.Holds(() => live.Count == 0, "no connection is left");
    }

    private TestIdentity Registered(int number)
    {
        var identity = _federation.Good(number);
        _federation.Register(TestFederation.Participant(identity.Oin));
        return identity;
    }

    private Task<ParticipantHost> StartAsync() => ParticipantHost.StartAsync(_federation, _federation.Good(1, "Gateway"));

    private static async Task<RawClient> OpenStreamAsync(ParticipantHost host, TestIdentity identity)
    {
        var client = await RawClient.ConnectAsync(host.Address, identity);
        await client.SendAsync("/stream");
        Assert.False(await client.IsClosedAsync());
        return client;
    }

    private static async Task EndsAsync(RawClient client)
    {
        var watch = Stopwatch.StartNew();
        while (!await client.IsClosedAsync().WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken))
        {
            // What was on its way comes first.
        }

        Assert.True(watch.Elapsed < Within, $"Cut after {watch.Elapsed}");
    }
}
