using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Keten.Identity;

/// <summary>
/// Connections this host opens. It does the handshake itself, so that each takes the own certificate of that moment with its intermediates,
/// and so that a server that is revoked while connected is cut as a client would be.
/// </summary>
internal sealed partial class OutgoingTls
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A renewed own certificate is in use everywhere after this long.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly FederationTrust _trust;
    private readonly OwnCertificate _own;
    private readonly Action _beforeConnect;
    private readonly ILogger _logger;
    // Weak: a connection that its pool has dropped needs no farewell here.
    private readonly ConditionalWeakTable<SslStream, ShownCertificate> _open = [];

    public OutgoingTls(FederationTrust trust, OwnCertificate own, ILogger logger, Action? beforeConnect = null)
    {
        _trust = trust;
        _own = own;
        _logger = logger;
        _beforeConnect = beforeConnect ?? (() => { });
        ChangeToken.OnChange(trust.GetReloadToken, Recheck);
    }

    public OwnCertificate Own => _own;

    public void Configure(SocketsHttpHandler handler, Oin? expectedServer)
    {
        handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context, expectedServer, cancellationToken);
        handler.ConnectTimeout = ConnectTimeout;
        handler.EnableMultipleHttp2Connections = true;
        handler.KeepAlivePingDelay = PingDelay;
        handler.KeepAlivePingTimeout = PingTimeout;
        handler.PooledConnectionLifetime = Lifetime;
        handler.UseProxy = false;
        handler.UseCookies = false;
        handler.AllowAutoRedirect = false;
        handler.AutomaticDecompression = DecompressionMethods.None;
    }

    /// <summary>Cuts the connections whose server no longer passes, by a change of files or by the passing of time.</summary>
    public void Recheck()
    {
        foreach (var (stream, shown) in _open)
        {
            var verdict = shown.Judge(_trust, CertificateUse.Server);
            if (!verdict.Accepted)
            {
                Log.ConnectionEnded(_logger, verdict.Reason!, verdict.Thumbprint);
                _open.Remove(stream);
                stream.Dispose();
            }
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Oin? expectedServer, CancellationToken cancellationToken)
    {
        _beforeConnect();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var network = new NetworkStream(socket, ownsSocket: true);
        return context.InitialRequestMessage.RequestUri is { Scheme: "https" }
            ? await SecureAsync(network, context, expectedServer, cancellationToken)
            : throw Refused(network, "Participants are called over https only.");
    }

    private async Task<SslStream> SecureAsync(
        NetworkStream network, SocketsHttpConnectionContext context, Oin? expectedServer, CancellationToken cancellationToken)
    {
        var stream = new SslStream(network, leaveInnerStreamOpen: false);
        CertificateVerdict? verdict = null;
        ShownCertificate? shown = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = context.DnsEndPoint.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateContext = _own.Material.Context,
            CertificateChainPolicy = _trust.Policy(CertificateUse.Server),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // A resumed session would skip the certificates of the moment.
            AllowTlsResume = false,
            AllowRenegotiation = false,
            ApplicationProtocols = Protocols(context.InitialRequestMessage),
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                shown = ShownCertificate.Of(certificate, chain);
                if (shown is not null)
                {
                    // In the list before it is judged: a revocation in between is then seen by one of the two.
                    _open.AddOrUpdate(stream, shown);
                }

                verdict = shown?.Judge(_trust, CertificateUse.Server) ?? CertificateVerdict.Refuse(CertificateFaults.Missing);
                if (verdict.Accepted && expectedServer is { } expected && verdict.Oin != expected)
                {
                    verdict = CertificateVerdict.Refuse(CertificateFaults.OtherServer, verdict.Thumbprint);
                }

                return verdict.Accepted;
            },
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancellationToken);
            return stream;
        }
        catch (Exception fault)
        {
            await stream.DisposeAsync();
            if (fault is AuthenticationException && verdict is { Accepted: false })
            {
                Log.ServerRefused(_logger, verdict.Reason!, context.DnsEndPoint.Host, context.DnsEndPoint.Port, verdict.Thumbprint);
                throw new AuthenticationException($"The server's certificate is refused: {verdict.Reason}.");
            }

            throw;
        }
    }

    private static List<SslApplicationProtocol> Protocols(HttpRequestMessage request)
    {
        var higher = request.Version.Major >= 2 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher;
        var lower = request.Version.Major < 2 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower;
        return [.. higher ? [SslApplicationProtocol.Http2] : Array.Empty<SslApplicationProtocol>(), .. lower ? [SslApplicationProtocol.Http11] : Array.Empty<SslApplicationProtocol>()];
    }

    private static AuthenticationException Refused(NetworkStream network, string reason)
    {
        network.Dispose();
        return new AuthenticationException(reason);
    }

    private static partial class Log
    {
        [LoggerMessage(1210, LogLevel.Warning, "Server {Host}:{Port} refused: {Reason}, certificate {Thumbprint}.")]
        public static partial void ServerRefused(ILogger logger, string reason, string host, int port, string thumbprint);

        [LoggerMessage(1211, LogLevel.Warning, "Connection to a server ended: {Reason}, certificate {Thumbprint}.")]
        public static partial void ConnectionEnded(ILogger logger, string reason, string thumbprint);
    }
}
