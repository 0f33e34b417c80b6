using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Adapters.Sdk.Tests.Fhir.Subscriptions;

/// <summary>Where a case system wants to be told: a real Kestrel that keeps everything it is sent.</summary>
internal sealed class TheEndpoint : IAsyncDisposable
{
    private readonly WebApplication _host;

    private TheEndpoint(WebApplication host) => _host = host;

    /// <summary>All posts as they came.</summary>
    public ConcurrentQueue<Post> Posts { get; } = [];

    /// <summary>Status of the answer.</summary>
    public Func<int> Answer { get; set; } = () => 200;

    /// <summary>While set, answers wait for it.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public string Address => _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/told";

    public int Port => new Uri(Address).Port;

    public static async Task<TheEndpoint> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        var endpoint = new TheEndpoint(builder.Build());
        endpoint._host.Map("/{**path}", endpoint.TakeAsync);
        await endpoint._host.StartAsync();
        return endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(new CancellationToken(canceled: true));
        await _host.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        Posts.Enqueue(new Post(
            http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        await Hold.WaitAsync(http.RequestAborted);
        http.Response.StatusCode = Answer();
        if (http.Response.StatusCode is >= 300 and < 400)
        {
            http.Response.Headers.Location = "/elsewhere";
        }
    }

    /// <summary>One request, whole.</summary>
    internal sealed record Post(string Method, string Url, IReadOnlyDictionary<string, string> Headers, byte[] Body);
}
