using System.ComponentModel.DataAnnotations;
using Keten.Policy.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Keten.Policy.Tests.LifeCycle;

public sealed class PolicyOptionsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Policy:Engine", "Engine", "cedar")]
    [InlineData("Policy:OpaUrl", "Engine", "opa")]
    [InlineData("Policy:OpaUrl", "Engine", "opa", "OpaUrl", "not a url")]
    [InlineData("Policy:Engine", "Engine", "opa", "OpaUrl", "http://127.0.0.1:8181", "Bundle", "/x")]
    [InlineData("Policy:VerificationKeys", "Bundle", "/x")]
    [InlineData("Policy:MaxAge", "MaxAge", "01:00:00")]
    [InlineData("Policy:MaxAge", "MaxAge", "00:00:01", "Bundle", "/x", "AllowUnsigned", "true")]
    [InlineData("Policy:OpaTimeout", "OpaTimeout", "00:00:00")]
    [InlineData("Policy:MaxBundleBytes", "MaxBundleBytes", "3")]
    public void A_wrong_setting_stops_the_start_with_its_name(string says, params string[] settings) =>
        Assert.Contains(says, Assert.Throws<ValidationException>(() => Build(settings)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_verification_key_that_is_not_there_stops_the_start() => Assert.Contains(
        "/nowhere.pem", Assert.Throws<PolicyBundleException>(() => Build("Bundle", "/x", "VerificationKeys", "/nowhere.pem")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Without_settings_the_bundle_of_this_version_decides()
    {
        using var host = Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var engine = host.Services.GetRequiredService<IPolicyEngine>();
        Assert.Equal(PolicyBundle.Embedded().Revision, engine.Revision);
        Assert.Equal(engine.Revision, (await engine.DecideAsync(PolicyCase.All[0].Input, CancellationToken.None)).Revision);
        Assert.True(host.Services.GetRequiredService<IPolicyLifeCycle>().Status.Usable);
        await host.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task With_engine_opa_the_server_decides_and_is_not_ours_to_load()
    {
        await using var server = await OpaServer.StartAsync();
        using var host = Build("Engine", "opa", "OpaUrl", server.Address.ToString(), "OpaTimeout", "00:00:05");
        await host.StartAsync(TestContext.Current.CancellationToken);
        var decision = await host.Services.GetRequiredService<IPolicyEngine>().DecideAsync(PolicyCase.All[0].Input, CancellationToken.None);
        Assert.Equal(PolicyBundle.Embedded().Revision, decision.Revision);
        var lifeCycle = host.Services.GetRequiredService<IPolicyLifeCycle>();
        Assert.Equal(("opa", decision.Revision, true), (lifeCycle.Status.Engine, lifeCycle.Status.Revision, lifeCycle.Status.Usable));
        Assert.Contains("its own bundles", await lifeCycle.LoadNowAsync(CancellationToken.None), StringComparison.Ordinal);
        await host.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_signed_bundle_decides_when_its_key_is_named()
    {
        using var key = new SomeKey();
        await File.WriteAllTextAsync(_folder.File("public.pem"), key.Private.ExportSubjectPublicKeyInfoPem());
        using var host = Build("Bundle", _folder.Put("bundle.tar.gz", key.Sign(SomeBundle.WithRevision("mine"))), "VerificationKeys", _folder.File("public.pem"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("mine", host.Services.GetRequiredService<IPolicyEngine>().Revision);
        await host.StopAsync(CancellationToken.None);
    }

    private static IHost Build(params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Chunk(2).Select(s => KeyValuePair.Create("Policy:" + s[0], (string?)s[1])));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddLogging();
        builder.Services.AddPolicyEngine(builder.Configuration);
        return builder.Build();
    }
}
