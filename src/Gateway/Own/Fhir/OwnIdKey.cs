using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Identity;

namespace Keten.Gateway.Own.Fhir;

/// <summary>
/// The key of the ids in the gateway's own URLs, made of the private key it shows itself with: replicas that share that one give the same ids, and nothing
/// more has to be kept secret. With another certificate key the ids of the day before are gone, and a client searches again.
/// </summary>
internal sealed class OwnIdKey(FederationTrust trust)
{
    private const int Length = 32;
    private volatile Derived? _derived;

    public byte[] Get()
    {
        var certificate = trust.Own.Certificate;
        if (_derived is not { } derived || !ReferenceEquals(derived.Certificate, certificate))
        {
            _derived = derived = new Derived(certificate, Derive(certificate));
        }

        return derived.Key;
    }

    private static byte[] Derive(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? own = certificate.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey();
        var secret = own!.ExportPkcs8PrivateKey();
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Length, info: "keten fhir ids v1"u8.ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private sealed record Derived(X509Certificate2 Certificate, byte[] Key);
}
