using System.Text.Json;
using Keten.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Gateway.Tests.Management;

public sealed class PolicyBundleEndpointTests
{
    [Fact]
    public async Task Shows_the_active_bundle_and_loads_on_request()
    {
        await using var it = await TheManagement.StartAsync();
        using var before = JsonDocument.Parse(await it.Http.GetStringAsync("/policy/bundle", TestContext.Current.CancellationToken));
        Assert.Equal(PolicyBundle.Embedded().Revision, before.RootElement.GetProperty("revision").GetString());
        Assert.True(before.RootElement.GetProperty("usable").GetBoolean());
        var (status, body, _) = await it.PostAsync("/policy/bundle/load", "");
        Assert.Equal(200, status);
        Assert.Equal(PolicyBundle.Embedded().Revision, body.GetProperty("revision").GetString());
    }

    [Fact]
    public async Task A_load_that_is_refused_is_409_and_says_why()
    {
        var lifeCycle = new Refusing();
        await using var it = await TheManagement.StartAsync(services => services
            .AddSingleton<IPolicyEngine>(new WasmPolicyEngine(PolicyBundle.Embedded())).AddSingleton<IPolicyLifeCycle>(lifeCycle));
        var (status, body, _) = await it.PostAsync("/policy/bundle/load", "");
        Assert.Equal(409, status);
        Assert.Contains("not signed", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_was_given_its_engine_says_so()
    {
        await using var it = await TheManagement.StartAsync(services => services.AddSingleton<IPolicyEngine>(new WasmPolicyEngine(PolicyBundle.Embedded())));
        using var status = JsonDocument.Parse(await it.Http.GetStringAsync("/policy/bundle", TestContext.Current.CancellationToken));
        Assert.Equal(PolicyBundle.Embedded().Revision, status.RootElement.GetProperty("revision").GetString());
        Assert.Equal(409, (await it.PostAsync("/policy/bundle/load", "")).Status);
    }

    private sealed class Refusing : IPolicyLifeCycle
    {
        public PolicyStatus Status => new("embedded", "x", "r", null, null, true, null, null, null, null);

        public Task<string?> LoadNowAsync(CancellationToken cancellationToken) => Task.FromResult<string?>("bundle.tar.gz: not signed");
    }
}
