using System.Globalization;
using Keten.TestKit.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Identity.Tests;

/// <summary>A real Kestrel on a free port, with the endpoints the tests ask.</summary>
internal sealed class ParticipantHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ParticipantHost(WebApplication app, LogBook log)
    {
        _app = app;
        Log = log;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new Uri(addresses.First());
    }

    public LogBook Log { get; }

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<ParticipantHost> StartAsync(
        TestFederation federation, TestIdentity identity, bool registry = true, Func<CertificateVerdict, bool>? accept = null,
        Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var log = new LogBook();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddFederationIdentity(federation.Options(identity, registry));
        services?.Invoke(builder.Services);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhostFree(listen => listen.UseFederationTls(kestrel.ApplicationServices, accept)));
        var app = builder.Build();
        app.MapGet("/who", (HttpContext http) =>
        {
            var who = http.Identify();
            return $"{who.Caller?.Oin.Value ?? "-"} {who.Caller?.Status ?? "-"} {who.Refusal?.Code ?? "-"} {who.Certificate?.Oin.Value ?? "-"}";
        });
        app.MapGet("/stream", async (HttpContext http) =>
        {
            await http.Response.WriteAsync("open\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            // Held open until the connection goes.
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        app.MapGet("/allocated", (HttpContext http) =>
        {
            http.Identify();
            var accepted = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                accepted += http.Identify().Refusal is null ? 1 : 0;
            }

            return string.Create(CultureInfo.InvariantCulture, $"{accepted} {GC.GetAllocatedBytesForCurrentThread() - before}");
        });
        map?.Invoke(app);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new ParticipantHost(app, log);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
