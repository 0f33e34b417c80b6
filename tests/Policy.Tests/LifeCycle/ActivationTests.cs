using System.Diagnostics.Metrics;
using Keten.Policy.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Keten.Policy.Tests.LifeCycle;

/// <summary>From a file, a folder and a bundle server: what is good becomes active, what is bad changes nothing and is heard.</summary>
public sealed class ActivationTests : IDisposable
{
    private readonly SomeKey _key = new();
    private readonly TempFolder _folder = new();
    private readonly byte[] _first;
    private readonly byte[] _second;

    public ActivationTests()
    {
        _first = _key.Sign(SomeBundle.WithRevision("first"));
        _second = _key.Sign(SomeBundle.WithRevision("second"));
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_new_file_in_the_place_of_the_old_becomes_active()
    {
        await using var it = Follow(_folder.Put("bundle.tar.gz", _first));
        await it.StartAsync();
        Assert.Equal("first", await it.DecideAsync());
        _folder.Put("bundle.tar.gz", _second);
        await it.AfterRefreshAsync(() => it.Policy.Revision == "second", "the second revision");
        Assert.Equal("second", await it.DecideAsync());
        Assert.Empty(it.Log.At(LogLevel.Critical));
        Assert.Equal("the privacy office's key", it.Activator.Status.SignedBy);
    }

    [Fact]
    public async Task The_newest_bundle_of_a_folder_becomes_active()
    {
        _folder.Put("b.tar.gz", _first);
        await using var it = Follow(_folder.Path);
        await it.StartAsync();
        File.SetLastWriteTimeUtc(_folder.Put("a.tar.gz", _second), File.GetLastWriteTimeUtc(_folder.File("b.tar.gz")).AddSeconds(5));
        await it.AfterRefreshAsync(() => it.Policy.Revision == "second", "the second revision");
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("another key")]
    [InlineData("damaged")]
    [InlineData("wrong roots")]
    [InlineData("no wasm")]
    [InlineData("too large")]
    [InlineData("gone")]
    public async Task A_bad_bundle_is_refused_loudly_once_and_the_last_good_one_stays(string what)
    {
        using var other = new SomeKey();
        await using var it = Follow(_folder.Put("bundle.tar.gz", _first));
        await it.StartAsync();
        if (what == "gone")
        {
            File.Delete(_folder.File("bundle.tar.gz"));
        }
        else
        {
            _folder.Put("bundle.tar.gz", what switch
            {
                "unsigned" => SomeBundle.Released,
                "another key" => other.Sign(SomeBundle.Released),
                "damaged" => _second[..^100],
                "wrong roots" => _key.Sign(SomeBundle.With(f => f[".manifest"] = """{"revision":"x","roots":[""]}"""u8.ToArray())),
                "no wasm" => _key.Sign(SomeBundle.With(f => f["policy.wasm"] = "none"u8.ToArray())),
                _ => new byte[33 * 1024 * 1024],
            });
        }

        await it.AfterRefreshAsync(() => it.Log.At(LogLevel.Critical).Any(), "the refusal");
        await it.AfterRefreshAsync(() => it.Activator.Status.LastRefusedAt is not null, "the status");
        it.Clock.Advance(Activation.Refresh);
        Assert.Equal("first", await it.DecideAsync());
        Assert.Single(it.Log.At(LogLevel.Critical));
        Assert.Contains("revision first stays active", it.Log.At(LogLevel.Critical).Single(), StringComparison.Ordinal);

        _folder.Put("bundle.tar.gz", _second);
        Assert.Null(await it.Activator.LoadNowAsync(CancellationToken.None));
        Assert.Equal("second", await it.DecideAsync());
        Assert.Null(it.Activator.Status.LastRefusal);
    }

    [Fact]
    public async Task A_gateway_does_not_start_on_a_bad_file()
    {
        await using var it = Follow(_folder.Put("bundle.tar.gz", SomeBundle.Released));
        var problem = await Assert.ThrowsAsync<PolicyBundleException>(it.StartAsync);
        Assert.Contains("not signed", problem.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PolicyUnavailableException>(async () => await it.Policy.DecideAsync(PolicyCase.All[0].Input, CancellationToken.None));
    }

    [Fact]
    public async Task Load_now_does_not_wait_for_the_next_look()
    {
        await using var it = Follow(_folder.Put("bundle.tar.gz", _first));
        await it.StartAsync();
        _folder.Put("bundle.tar.gz", _second);
        Assert.Null(await it.Activator.LoadNowAsync(CancellationToken.None));
        Assert.Equal("second", it.Activator.Status.Revision);
    }

    [Fact]
    public async Task A_bundle_server_is_asked_by_etag_and_followed()
    {
        await using var server = await BundleServer.StartAsync(_first);
        await using var it = Ask(server);
        await it.StartAsync();
        Assert.Equal("first", await it.DecideAsync());
        await it.AfterRefreshAsync(() => server.Unchanged >= 3, "three answers of 304");
        Assert.Equal(1, server.Sent);
        server.Bundle = _second;
        await it.AfterRefreshAsync(() => it.Policy.Revision == "second", "the second revision");
        Assert.Equal(2, server.Sent);
    }

    [Fact]
    public async Task A_gateway_starts_without_its_bundle_server_and_refuses_until_it_answers()
    {
        await using var server = await BundleServer.StartAsync(_first);
        server.Failing = 503;
        await using var it = Ask(server);
        await it.StartAsync();
        Assert.False(it.Policy.IsUsable);
        await Assert.ThrowsAsync<PolicyUnavailableException>(it.DecideAsync);
        server.Failing = 0;
        await it.AfterRefreshAsync(() => it.Policy.IsUsable, "the first bundle");
        Assert.Equal("first", await it.DecideAsync());
    }

    [Fact]
    public async Task Nothing_is_decided_when_the_server_was_silent_for_longer_than_the_maximum_age()
    {
        await using var server = await BundleServer.StartAsync(_first);
        await using var it = Ask(server, TimeSpan.FromMinutes(5));
        await it.StartAsync();
        Assert.Equal("first", await it.DecideAsync());
        server.Failing = 500;
        await it.AfterRefreshAsync(() => !it.Policy.IsUsable, "the maximum age");
        Assert.Contains("MaxAge", (await Assert.ThrowsAsync<PolicyUnavailableException>(it.DecideAsync)).Message, StringComparison.Ordinal);

        // An answer of 304 is a confirmation: nothing needs to be sent again.
        server.Failing = 0;
        await it.AfterRefreshAsync(() => it.Policy.IsUsable, "the server's confirmation");
        Assert.Equal("first", await it.DecideAsync());
        Assert.Equal(1, server.Sent);
    }

    [Fact]
    public async Task A_server_that_keeps_offering_a_bad_bundle_confirms_nothing()
    {
        await using var server = await BundleServer.StartAsync(_first);
        await using var it = Ask(server, TimeSpan.FromMinutes(5));
        await it.StartAsync();
        server.Bundle = SomeBundle.Released;
        await it.AfterRefreshAsync(() => !it.Policy.IsUsable, "the maximum age");
        Assert.Single(it.Log.At(LogLevel.Critical));
    }

    [Fact]
    public async Task Numbers_tell_the_active_revision_and_every_refusal()
    {
        await using var it = Follow(_folder.Put("bundle.tar.gz", _first));
        var (seen, revisions) = (new Dictionary<string, double>(), new List<string?>());
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == PolicyMetrics.MeterName && instrument.Meter.Scope == it.Meters)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, _, _) => seen[i.Name] = seen.GetValueOrDefault(i.Name) + value);
        listener.SetMeasurementEventCallback<double>((i, value, _, _) => seen[i.Name] = seen.GetValueOrDefault(i.Name) + 1);
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) => revisions.Add(tags[0].Value as string));
        listener.Start();
        await it.StartAsync();
        await it.DecideAsync();
        _folder.Put("bundle.tar.gz", SomeBundle.Released);
        await it.Activator.LoadNowAsync(CancellationToken.None);
        listener.RecordObservableInstruments();
        Assert.Equal(["first"], revisions);
        Assert.Equal(1, seen["keten.policy.bundle.activations"]);
        Assert.Equal(1, seen["keten.policy.bundle.refusals"]);
        Assert.Equal(1, seen["keten.policy.decision.duration"]);
    }

    private Activation Follow(string path) => new(new FileBundleSource(path, BundleTrust.DefaultMaxBytes), _key.Trust);

    private Activation Ask(BundleServer server, TimeSpan? maxAge = null) =>
        new(new HttpBundleSource(server.Address, TimeSpan.FromSeconds(5), BundleTrust.DefaultMaxBytes), _key.Trust, maxAge);
}
