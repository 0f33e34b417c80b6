using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Http;

namespace Keten.Identity.Tests;

public sealed class IdentifyTests : IDisposable
{
    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public async Task An_unregistered_oin_is_refused_as_unknown()
    {
        await using var host = await StartAsync();

        Assert.Contains($"- - PARTICIPANT_UNKNOWN {TestFederation.OinOf(2)}", await RawClient.GetAsync(host.Address, _federation.Good(2), "/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_participant_is_named_so_that_the_policy_refuses_it()
    {
        _federation.Register(TestFederation.Participant(TestFederation.OinOf(2), status: ParticipantStatus.Suspended));
        await using var host = await StartAsync();

        Assert.Contains($"{TestFederation.OinOf(2)} suspended -", await RawClient.GetAsync(host.Address, _federation.Good(2), "/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_beside_the_pins_is_refused()
    {
        _federation.Register(TestFederation.Participant(TestFederation.OinOf(2), pins: new string('a', 64)));
        await using var host = await StartAsync();

        Assert.Contains("- - CERTIFICATE_NOT_PINNED", await RawClient.GetAsync(host.Address, _federation.Good(2), "/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pinned_certificate_is_accepted()
    {
        var identity = _federation.Good(2);
        using var certificate = identity.Load();
        var pin = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        _federation.Register(TestFederation.Participant(identity.Oin, pins: [new string('a', 64), pin]));
        await using var host = await StartAsync();

        Assert.Contains($"{identity.Oin} active -", await RawClient.GetAsync(host.Address, identity, "/who"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_federation_listener_a_certificate_is_required() =>
        Assert.Equal("CERTIFICATE_REQUIRED", new DefaultHttpContext().Identify().Refusal?.Code);

    [Fact]
    public async Task A_changed_registry_counts_from_the_next_request_on_the_same_connection()
    {
        var identity = _federation.Good(2);
        _federation.Register(TestFederation.Participant(identity.Oin));
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host.Address, identity);
        Assert.Contains("active", await client.GetAsync("/who"), StringComparison.Ordinal);

        _federation.Register(TestFederation.Participant(identity.Oin, status: ParticipantStatus.Suspended));

        await Eventually.Holds(async () => (await client.GetAsync("/who"))!.Contains("suspended", StringComparison.Ordinal), "the connection lives and is suspended");
    }

    [Fact]
    public async Task Identifying_a_request_allocates_nothing()
    {
        var identity = _federation.Good(2);
        _federation.Register(TestFederation.Participant(identity.Oin));
        await using var host = await StartAsync();
        await using var client = await RawClient.ConnectAsync(host.Address, identity);

        Assert.Equal("1000 0", await client.GetAsync("/allocated"));
    }

    private Task<ParticipantHost> StartAsync() => ParticipantHost.StartAsync(_federation, _federation.Good(1, "Gateway"));
}
