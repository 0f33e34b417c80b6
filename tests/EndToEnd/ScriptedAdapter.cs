using Keten.Demo;
using Keten.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.EndToEnd;

/// <summary>A server with a participant's certificate that does what a test says and remembers what reached it.</summary>
public sealed class ScriptedAdapter : IAsyncDisposable
{
    private readonly WebApplication _host;
    private int _calls;

    private ScriptedAdapter(WebApplication host) => _host = host;

    /// <summary>What to answer.</summary>
    public RequestDelegate Script { get; set; } = _ => Task.CompletedTask;

    /// <summary>Calls that got through, health checks not counted.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public static async Task<ScriptedAdapter> StartAsync(Federation federation, ScenarioParticipant participant)
    {
        var issued = Path.Combine(Path.GetDirectoryName(federation.Authority.CertificatePath)!, "issued", participant.Oin);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(federation.Clock);
        builder.Services.AddFederationIdentity(options =>
        {
            options.TrustAnchors = federation.Authority.CertificatePath;
            options.RevocationList = federation.Authority.CrlPath;
            options.Certificate = Path.Combine(issued, "cert.pem");
            options.PrivateKey = Path.Combine(issued, "key.pem");
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseFederationTls(kestrel.ApplicationServices)));
        var host = builder.Build();
        var adapter = new ScriptedAdapter(host);
        host.Run(async http =>
        {
            if (http.Request.Path == "/healthz")
            {
                return;
            }

            Interlocked.Increment(ref adapter._calls);
            await adapter.Script(http);
        });
        await host.StartAsync();
        var address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var registry = await File.ReadAllTextAsync(federation.RegistryPath);
        var old = federation.AdapterAddresses[participant.Ref].ToString().TrimEnd('/');
        await File.WriteAllTextAsync(federation.RegistryPath, registry.Replace(old, $"https://127.0.0.1:{address.Port}", StringComparison.Ordinal));
        return adapter;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }
}
