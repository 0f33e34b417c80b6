using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keten.Protocol.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Events.Tests.Exchange;

/// <summary>A case system's webhook: a real Kestrel that verifies signatures as docs/for-case-systems.md tells.</summary>
internal sealed class TheReceiver : IAsyncDisposable
{
    public const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly WebApplication _host;

    private TheReceiver(WebApplication host) => _host = host;

    /// <summary>All deliveries as they came, also those that were not taken.</summary>
    public ConcurrentQueue<(string Id, string Person, int Status)> Heard { get; } = [];

    public ConcurrentQueue<StreamNotificationsResponse> Bodies { get; } = [];

    public ConcurrentQueue<string> Signatures { get; } = [];

    /// <summary>Status for a delivery; 200 by default.</summary>
    public Func<StreamNotificationsResponse, int> Answer { get; set; } = _ => 200;

    /// <summary>While set, deliveries wait for it.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public string Address => _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/notifications";

    public IEnumerable<string> Taken => Heard.Where(h => h.Status is >= 200 and < 300).Select(h => h.Id);

    public static async Task<TheReceiver> StartAsync(int port = 0, X509Certificate2? certificate = null, string? clientThumbprint = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate, https =>
                {
                    https.ClientCertificateMode = clientThumbprint is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (client, _, _) => client.Thumbprint == clientThumbprint;
                });
            }
        }));
        var receiver = new TheReceiver(builder.Build());
        receiver._host.MapPost("/notifications", receiver.ReceiveAsync);
        receiver._host.MapPost("/elsewhere", (HttpContext context) => throw new InvalidOperationException($"A redirect was followed to {context.Request.Path}."));
        await receiver._host.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(new CancellationToken(canceled: true));
        await _host.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var signature = context.Request.Headers["Keten-Signature"].ToString();
        Signatures.Enqueue(signature);
        var message = StreamNotificationsResponse.Parser.ParseJson(Encoding.UTF8.GetString(body.ToArray()));
        await Hold.WaitAsync(context.RequestAborted);
        var status = !IsSigned(signature, body.ToArray(), Secret) ? 401
            : message.Notification.NotificationId != context.Request.Headers["Keten-Notification-Id"] ? 400 : Answer(message);
        Heard.Enqueue((message.Notification.NotificationId, message.Notification.Subject, status));
        Bodies.Enqueue(message);
        context.Response.StatusCode = status;
        if (status is >= 300 and < 400)
        {
            context.Response.Headers.Location = "/elsewhere";
        }
    }

    /// <summary>As docs/for-case-systems.md has it.</summary>
    public static bool IsSigned(string header, byte[] body, string secret)
    {
        var parts = header.Split(',').Select(part => part.Split('=', 2)).ToLookup(part => part[0], part => part[^1]);
        if (!long.TryParse(parts["t"].SingleOrDefault(), out var time) || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - time) > 300)
        {
            return false;
        }

        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes($"{time}."), .. body]);
        return parts["v1"].Any(given => CryptographicOperations.FixedTimeEquals(Convert.FromHexString(given), expected));
    }
}
