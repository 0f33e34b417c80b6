using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>The other end: posts one notification and says what became of it. No redirect is followed and no proxy used.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    private readonly WebhookOptions _options;
    private readonly WebhookSignature _signature;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookReceiver(IOptions<InvolvementExchangeOptions> options, TimeProvider time)
    {
        _options = options.Value.Webhook;
        _time = time;
        WebhookSignature.TryReadSecrets(_options.SecretFile, out var secrets);
        _signature = new WebhookSignature(secrets);
        _http = new HttpClient(Handler(_options)) { Timeout = _options.Timeout, MaxResponseContentBufferSize = 1 };
    }

    /// <summary>Posts the same message the stream gives, as protobuf JSON.</summary>
    public async Task<WebhookAnswer> PostAsync(StreamNotificationsResponse message, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(Json.Format(message));
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.Header, _signature.Of(body, _time.GetUtcNow()));
        request.Headers.Add("Keten-Notification-Id", message.Notification.NotificationId);
        try
        {
            // Nothing of the answer counts but its status.
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return new WebhookAnswer(OutcomeOf(answer.StatusCode), $"{(int)answer.StatusCode}");
        }
        catch (HttpRequestException failure)
        {
            return new WebhookAnswer(WebhookOutcome.Failed, failure.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer(WebhookOutcome.Failed, "Timeout");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static WebhookOutcome OutcomeOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => WebhookOutcome.Delivered,
        410 => WebhookOutcome.Gone,
        408 or 429 or >= 500 => WebhookOutcome.Failed,
        _ => WebhookOutcome.Rejected,
    };

    private static SocketsHttpHandler Handler(WebhookOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options is { ClientCertificate: { } certificate, ClientKey: { } key })
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        }

        if (options.CertificateAuthority is { } authority)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = options.Timeout,
            MaxConnectionsPerServer = options.Concurrency,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = tls,
        };
    }
}
