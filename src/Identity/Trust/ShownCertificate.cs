using System.Security.Cryptography.X509Certificates;

namespace Keten.Identity;

/// <summary>What the other side of a connection showed, kept to judge it again; bytes, because the platform disposes its own objects.</summary>
internal sealed class ShownCertificate
{
    private const int MostIntermediates = 8;

    private readonly byte[] _leaf;
    private readonly byte[][] _intermediates;

    private ShownCertificate(byte[] leaf, byte[][] intermediates)
    {
        _leaf = leaf;
        _intermediates = intermediates;
    }

    /// <summary>Null when none was shown.</summary>
    public static ShownCertificate? Of(X509Certificate? leaf, X509Chain? chain) => leaf is null ? null : new ShownCertificate(
        leaf.GetRawCertData(),
        chain is null ? [] : [.. chain.ChainPolicy.ExtraStore.Take(MostIntermediates).Select(certificate => certificate.RawData)]);

    public CertificateVerdict Judge(FederationTrust trust, CertificateUse use)
    {
        using var leaf = X509CertificateLoader.LoadCertificate(_leaf);
        var intermediates = _intermediates.Select(X509CertificateLoader.LoadCertificate).ToList();
        try
        {
            return trust.Validate(leaf, intermediates, use);
        }
        finally
        {
            intermediates.ForEach(certificate => certificate.Dispose());
        }
    }
}
