using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;

namespace Keten.Client;

/// <summary>mTLS to the gateway: our certificate, the federation's roots only, and the gateway's OIN.</summary>
internal static class FederationHandler
{
    private const string SerialNumberOid = "2.5.4.5";

    public static SocketsHttpHandler Create(KetenClientOptions options) => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(30),
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = [options.Certificate],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = Policy(options),
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
                && certificate is X509Certificate2 gateway && OinOf(gateway) == options.GatewayOin,
        },
    };

    private static X509ChainPolicy Policy(KetenClientOptions options)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(options.TrustAnchors);
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return policy;
    }

    private static Oin? OinOf(X509Certificate2 certificate)
    {
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == SerialNumberOid && Oin.TryParse(part.GetSingleElementValue(), out var oin))
            {
                return oin;
            }
        }

        return null;
    }
}
