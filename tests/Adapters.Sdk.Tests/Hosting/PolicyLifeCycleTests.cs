using System.ComponentModel.DataAnnotations;
using Google.Protobuf.WellKnownTypes;
using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.Storage;
using Keten.Policy;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>An adapter decides by what was released and signed, as its gateway does, and takes a new bundle while it runs.</summary>
public sealed class PolicyLifeCycleTests : IDisposable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    private readonly TheRelease _release = new();

    public void Dispose() => _release.Dispose();

    [Fact]
    public async Task Takes_a_new_signed_bundle_while_running_and_records_the_revision_it_decided_by()
    {
        _release.Release("first");
        await using var adapter = Start();
        await AskAsync(adapter);

        _release.Release("second", register => register["purposes"]!["naw-hergebruik"]!["requesters"]!.AsObject().Remove("wijkteam"));
        await AfterRefreshAsync(adapter, () => Revision(adapter) == "second");

        Assert.Equal("PURPOSE_NOT_FOR_ORGANISATION", await ReasonAsync(() => AskAsync(adapter)));
        Assert.Equal([("gateway-says", "first", true), ("gateway-says", "second", false)], Recorded(adapter));
    }

    [Fact]
    public async Task Refuses_a_bad_bundle_aloud_and_the_last_good_one_stays()
    {
        _release.Release("first");
        await using var adapter = Start();
        _release.ReleaseUnsigned("unsigned");
        await AfterRefreshAsync(adapter, () => adapter.Log.Lines.Any(line => line is { Level: LogLevel.Critical, Id: 3102 }));

        Assert.Equal("first", Revision(adapter));
        await AskAsync(adapter);
        Assert.Contains("not signed", adapter.Services.GetRequiredService<IPolicyLifeCycle>().Status.LastRefusal, StringComparison.Ordinal);

        _release.Release("second");
        await AfterRefreshAsync(adapter, () => Revision(adapter) == "second");
    }

    [Fact]
    public async Task Refuses_to_decide_when_the_bundle_was_not_confirmed_for_too_long()
    {
        _release.Release("first");
        await using var adapter = Start(("MaxAge", "00:01:00"));
        await AskAsync(adapter);

        Directory.Delete(_release.Folder, recursive: true);
        adapter.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("POLICY_UNAVAILABLE", await ReasonAsync(() => AskAsync(adapter)));
        Assert.Equal(1, adapter.Source.Reads);
        Assert.Contains(adapter.Log.Lines, line => line is { Level: LogLevel.Error, Id: 7003 });
        Assert.Equal(("gateway-says", "", false), Recorded(adapter)[^1]);
    }

    [Fact]
    public void Does_not_start_on_a_bundle_that_is_bad()
    {
        _release.ReleaseUnsigned("unsigned");
        var problem = Assert.Throws<PolicyBundleException>(() => Start());
        Assert.Contains("not signed", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_host_reads_the_same_section_as_the_gateway()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Adapter:Oin"] = Target, ["Adapter:Name"] = "Gemeente Test", ["Adapter:OrganisationType"] = "gemeente", ["Adapter:GatewayOin"] = Caller,
            ["Adapter:Database"] = "adapter.db", ["Adapter:CaseSystemSocket"] = "adapter.sock", ["Policy:Bundle"] = _release.Folder,
        });
        Assert.Contains("Policy:VerificationKeys", Assert.Throws<ValidationException>(() => AdapterHost.Build(builder)).Message, StringComparison.Ordinal);
    }

    private TheAdapter Start(params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Policy:Bundle"] = _release.Folder, ["Policy:VerificationKeys"] = _release.PublicKey, ["Policy:RefreshInterval"] = Refresh.ToString(),
        };
        foreach (var (key, value) in more)
        {
            settings["Policy:" + key] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return TheAdapter.Start(services => services.RemoveAll<IPolicyEngine>().AddPolicyEngine(configuration));
    }

    private static string Revision(TheAdapter adapter) => adapter.Services.GetRequiredService<IPolicyEngine>().Revision;

    private static Task AfterRefreshAsync(TheAdapter adapter, Func<bool> condition) => Within.SecondsAsync(20, () =>
    {
        adapter.Time.Advance(Refresh);
        return condition();
    }, "the adapter to look at its source");

    private static async Task AskAsync(TheAdapter adapter)
    {
        var now = adapter.Time.GetUtcNow();
        await adapter.Persons.GetPersonAsync(new GetPersonRequest(), Headers(For(change: permit =>
        {
            permit.PolicyRevision = "gateway-says";
            (permit.DecidedAt, permit.ExpiresAt) = (Timestamp.FromDateTimeOffset(now), Timestamp.FromDateTimeOffset(now + TimeSpan.FromSeconds(30)));
        })));
    }

    private static List<(string Gateways, string Own, bool Allowed)> Recorded(TheAdapter adapter)
    {
        using var connection = adapter.Store.OpenConnection();
        return connection.Query(
            "SELECT policy_revision, own_policy_revision, allowed FROM disclosure ORDER BY occurred_at", r => (r.GetString(0), r.GetString(1), r.GetBoolean(2)));
    }
}
