using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keten.Policy.Tests.Support;

/// <summary>A bundle server that speaks ETag, and that a test can break.</summary>
internal sealed class BundleServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile byte[] _bundle;
    private int _sent;
    private int _unchanged;

    private BundleServer(WebApplication app, byte[] bundle)
    {
        _app = app;
        _bundle = bundle;
    }

    public Uri Address => new(_app.Urls.First() + "/bundles/keten.tar.gz");

    public byte[] Bundle
    {
        get => _bundle;
        set => _bundle = value;
    }

    /// <summary>Answers this status instead; 0: as it should.</summary>
    public int Failing { get; set; }

    public int Sent => Volatile.Read(ref _sent);

    public int Unchanged => Volatile.Read(ref _unchanged);

    public static async Task<BundleServer> StartAsync(byte[] bundle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new BundleServer(app, bundle);
        app.MapGet("/bundles/keten.tar.gz", server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        if (Failing != 0)
        {
            http.Response.StatusCode = Failing;
            return Task.CompletedTask;
        }

        var bundle = _bundle;
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bundle))}\"";
        http.Response.Headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch == tag)
        {
            Interlocked.Increment(ref _unchanged);
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        Interlocked.Increment(ref _sent);
        return http.Response.Body.WriteAsync(bundle).AsTask();
    }
}
