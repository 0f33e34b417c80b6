using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Identity;

/// <summary>A listener for participants.</summary>
public static partial class FederationTlsExtensions
{
    /// <summary>
    /// TLS 1.2 or newer with a required client certificate of the federation. A bad certificate ends the handshake, with one log line that has the reason
    /// code; the connection is ended later when its certificate or participant no longer passes. HTTP/1.1 and HTTP/2.
    /// </summary>
    /// <param name="listen">The endpoint.</param>
    /// <param name="services">Where <c>AddFederationIdentity</c> registered.</param>
    /// <param name="accept">Narrows to some of the federation, for instance the gateway only; asked again when files change. Null: all.</param>
    public static ListenOptions UseFederationTls(this ListenOptions listen, IServiceProvider services, Func<CertificateVerdict, bool>? accept = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var live = services.GetRequiredService<LiveConnections>();
        var own = services.GetRequiredService<OwnCertificate>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Keten.Identity.Connections");
        // QUIC has no connection of this kind to watch over and end.
        listen.Protocols &= ~HttpProtocols.Http3;
        listen.Use(next => async connection =>
        {
            var participant = new FederationConnection(connection, live, accept);
            connection.Features.Set(participant);
            live.Add(participant);
            try
            {
                await next(connection);
            }
            catch (NotSupportedException) when (!participant.Greeted)
            {
                // A first frame that is no ClientHello (a port scan) makes the platform look for a certificate it was never given; it is the peer's fault.
                Log.Refused(logger, CertificateFaults.NoHandshake, participant.Remote, "");
            }
            finally
            {
                live.Remove(participant);
            }
        });
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = context =>
            {
                var participant = context.Connection.Features.Get<FederationConnection>()!;
                participant.Greeted = true;
                return ValueTask.FromResult(Handshake(participant, live.Trust, own, logger));
            },
        });
        return listen;
    }

    private static SslServerAuthenticationOptions Handshake(FederationConnection connection, FederationTrust trust, OwnCertificate own, ILogger logger) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ServerCertificateContext = own.Material.Context,
        ClientCertificateRequired = true,
        CertificateChainPolicy = trust.Policy(CertificateUse.Client),
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        // A resumed session would bring the certificate of an earlier handshake without its chain; connections here are long-lived.
        AllowTlsResume = false,
        AllowRenegotiation = false,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            var standing = connection.Present(certificate, chain);
            if (standing.Fault is { } reason)
            {
                Log.Refused(logger, reason, connection.Remote, standing.Identification.Certificate?.Thumbprint ?? "");
            }

            return standing.Fault is null;
        },
    };

    private static partial class Log
    {
        [LoggerMessage(1220, LogLevel.Warning, "Connection from {Remote} refused: {Reason}, certificate {Thumbprint}.")]
        public static partial void Refused(ILogger logger, string reason, System.Net.EndPoint? remote, string thumbprint);
    }
}
