using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Keten.Adapters.Sdk.InvolvementExchange;
using Microsoft.Extensions.Options;

namespace Keten.Adapters.Sdk.Webhook;

/// <summary>Posts to the organisation's own systems and says what became of it. No redirect is followed and no proxy used.</summary>
internal sealed class WebhookConnection(IOptions<InvolvementExchangeOptions> options) : IDisposable
{
    private readonly HttpClient _http = new(Handler(options.Value.Webhook)) { Timeout = options.Value.Webhook.Timeout, MaxResponseContentBufferSize = 1 };

    public async Task<WebhookAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
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
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // An address or header that cannot be sent at all: a failure of this one delivery, which must not stop the host for all others.
            return new WebhookAnswer(WebhookOutcome.Failed, failure.GetType().Name);
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
