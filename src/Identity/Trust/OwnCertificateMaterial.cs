using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keten.Identity;

/// <summary>Own certificate, key and intermediates of one reading, ready for handshakes.</summary>
internal sealed record OwnCertificateMaterial(X509Certificate2 Certificate, SslStreamCertificateContext Context, CertificateVerdict Verdict)
{
    /// <summary>Checks that key and certificate belong together and that the federation would accept it, revocation lists that ended apart.</summary>
    public static OwnCertificateMaterial Load(
        string certificatePath, byte[] certificatePem, string keyPath, byte[] keyPem, TrustMaterial trust, DateTimeOffset now)
    {
        var blocks = PemFile.Parse(certificatePath, certificatePem).Where(block => block.Label == PemBlock.CertificateLabel).ToList();
        if (blocks.Count == 0)
        {
            throw new FederationFileException(new FileFault(certificatePath, null, "no certificate found",
                "a PEM block CERTIFICATE with the own certificate first, then its intermediates"));
        }

        var key = Key(keyPath, keyPem);
        var others = blocks.Skip(1).Select(block => Read(certificatePath, block)).ToArray();
        var certificate = Join(certificatePath, blocks[0], keyPath, key);
        // Lists that ended let nobody in, but a new list heals that while running, and this host's identity is not in doubt.
        var verdict = CertificateJudge.JudgeOwn(trust, certificate, others, now);

        return verdict.Accepted
            ? new OwnCertificateMaterial(certificate, SslStreamCertificateContext.Create(certificate, [.. others], offline: true), verdict)
            : throw new FederationFileException(new FileFault(certificatePath, blocks[0].Line, $"the federation does not accept this certificate ({verdict.Reason})",
                "a valid certificate of one of the trust anchors, with the OIN in the subject's serialNumber"));
    }

    private static PemBlock Key(string path, byte[] pem)
    {
        var block = PemFile.Parse(path, pem).FirstOrDefault(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal));
        return block switch
        {
            null => throw new FederationFileException(new FileFault(path, null, "no private key found", "a PEM block PRIVATE KEY")),
            { Label: "ENCRYPTED PRIVATE KEY" } => throw new FederationFileException(new FileFault(path, block.Line, "the private key is encrypted",
                "an unencrypted PRIVATE KEY in a file only this service can read")),
            _ => block,
        };
    }

    private static X509Certificate2 Read(string path, PemBlock block)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(block.Content);
        }
        catch (CryptographicException fault)
        {
            throw new FederationFileException(new FileFault(path, block.Line, "the certificate cannot be read", "a DER encoded certificate in base64"), fault);
        }
    }

    private static X509Certificate2 Join(string certificatePath, PemBlock leaf, string keyPath, PemBlock key)
    {
        using var bare = Read(certificatePath, leaf);
        try
        {
            var joined = X509Certificate2.CreateFromPem(bare.ExportCertificatePem(), PemEncoding.WriteString(key.Label, key.Content));
            if (!OperatingSystem.IsWindows())
            {
                return joined;
            }

            // Windows' TLS takes no key that lives in memory only.
            using (joined)
            {
                return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), null);
            }
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or NotSupportedException)
        {
            // The inner exception may quote the key's text: it stays behind.
            throw new FederationFileException(new FileFault(keyPath, key.Line, $"the private key cannot be read or is not that of {certificatePath}",
                "the PEM private key (EC or RSA) of the own certificate"));
        }
    }
}
