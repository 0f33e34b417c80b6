using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;
using Keten.TestKit.Pki;

namespace Keten.Gateway.Tests.Management;

/// <summary>Who connects to the management listener over mTLS, with certificates of one federation.</summary>
internal sealed class TheClients(TestFederation federation) : IDisposable
{
    private readonly List<IDisposable> _made = [];

    public void Dispose() => _made.ForEach(made => made.Dispose());

    public X509Certificate2 Identity(string oin)
    {
        var issued = federation.Authority.Issue(Oin.Parse(oin), "Test", null);
        using var pem = X509Certificate2.CreateFromPemFile(issued.CertificatePath, issued.KeyPath);
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        _made.Add(certificate);
        return certificate;
    }

    public HttpClient To(TheManagement management, X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(federation.TrustAnchors) },
                },
                ClientCertificates = certificate is null ? null : [certificate],
            },
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{management.Port}") };
        _made.Add(client);
        return client;
    }

    public static string PinOf(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
}
