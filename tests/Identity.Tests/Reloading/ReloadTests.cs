using Keten.TestKit.Pki;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Identity.Tests;

public sealed class ReloadTests : IDisposable
{
    private readonly TestFederation _federation = new();

    public void Dispose() => _federation.Dispose();

    [Fact]
    public async Task A_broken_registry_keeps_the_last_good_one_with_one_error_and_heals()
    {
        var (two, three) = (TestFederation.Participant(TestFederation.OinOf(2)), TestFederation.Participant(TestFederation.OinOf(3)));
        _federation.Register(two);
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));
        var registry = host.Services.GetRequiredService<IParticipantRegistry>();

        File.WriteAllText(_federation.Participants, "participants:\n  - oin: nonsense\n");
        await Eventually.Holds(() => host.Log.Bad.Count > 0, "the fault is in the log");
        Assert.True(registry.TryGet(two.Oin, out _));

        _federation.Register(two, three);
        await Eventually.Holds(() => registry.TryGet(three.Oin, out _), "the mended file is read");
        var line = Assert.Single(host.Log.Bad);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(_federation.Participants + ":2: ", line.Text, StringComparison.Ordinal);
        Assert.Null(line.Exception);
    }

    [Fact]
    public async Task A_file_that_vanishes_keeps_the_last_good_one()
    {
        var two = TestFederation.Participant(TestFederation.OinOf(2));
        _federation.Register(two);
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));

        File.Delete(_federation.Participants);

        await Eventually.Holds(() => host.Log.Bad is [var line] && line.Text.Contains("does not exist", StringComparison.Ordinal), "logged");
        Assert.True(host.Services.GetRequiredService<IParticipantRegistry>().TryGet(two.Oin, out _));
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_the_next_connection_and_the_old_connection_goes_on()
    {
        var client = _federation.Good(2);
        _federation.Register(TestFederation.Participant(client.Oin));
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));
        await using var old = await RawClient.ConnectAsync(host.Address, client);
        await old.GetAsync("/who");

        _federation.Good(1);

        await Eventually.Holds(async () =>
        {
            await using var fresh = await RawClient.ConnectAsync(host.Address, client);
            return fresh.Server.Thumbprint != old.Server.Thumbprint;
        }, "the renewed certificate is shown");
        Assert.NotNull(await old.GetAsync("/who"));
        Assert.Empty(host.Log.Bad);
    }

    [Fact]
    public async Task A_rewritten_file_of_the_same_length_and_time_is_noticed()
    {
        _federation.Register(TestFederation.Participant(TestFederation.OinOf(2)));
        await using var host = await ParticipantHost.StartAsync(_federation, _federation.Good(1));
        var registry = host.Services.GetRequiredService<IParticipantRegistry>();
        var written = File.GetLastWriteTimeUtc(_federation.Participants);

        _federation.Register(TestFederation.Participant(TestFederation.OinOf(3)));
        File.SetLastWriteTimeUtc(_federation.Participants, written);

        await Eventually.Holds(() => registry.TryGet(TestFederation.OinOf(3), out _), "the content counts");
    }
}
