using System.Security.Cryptography;

namespace Keten.Policy;

/// <summary>A public key whose holder may release policy: ECDSA on P-256, from a PEM file.</summary>
public sealed class BundleKey
{
    private readonly byte[] _publicKey;

    private BundleKey(string name, byte[] publicKey)
    {
        Name = name;
        _publicKey = publicKey;
    }

    /// <summary>Where it was read; for messages and the management endpoint.</summary>
    public string Name { get; }

    /// <summary>Reads a PEM file with a public key (<c>BEGIN PUBLIC KEY</c>). A private key is refused: it does not belong on a gateway.</summary>
    /// <exception cref="PolicyBundleException">The file cannot be read or holds something else; the message says what.</exception>
    public static BundleKey Load(string path)
    {
        try
        {
            var pem = File.ReadAllText(path);
            if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                throw new PolicyBundleException($"{path}: holds a private key; give the public one (openssl pkey -pubout)");
            }

            return FromPem(path, pem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new PolicyBundleException($"{path}: the verification key cannot be read ({problem.Message})", problem);
        }
    }

    /// <summary>As <see cref="Load"/>, from text.</summary>
    public static BundleKey FromPem(string name, string pem)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            return key.KeySize == 256 ? new BundleKey(name, key.ExportSubjectPublicKeyInfo())
                : throw new PolicyBundleException($"{name}: expected an ECDSA key on P-256 (ES256), found {key.KeySize} bits");
        }
        catch (Exception problem) when (problem is ArgumentException or CryptographicException)
        {
            throw new PolicyBundleException($"{name}: expected a PEM file with an ECDSA public key on P-256 (ES256)", problem);
        }
    }

    /// <summary>True when this key made the ES256 signature (r and s, 64 bytes).</summary>
    internal bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_publicKey, out _);
        return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
