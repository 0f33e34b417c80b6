namespace Keten.Identity;

internal sealed record PemBlock(string Label, byte[] Content, int Line)
{
    public const string CertificateLabel = "CERTIFICATE";
    public const string RevocationListLabel = "X509 CRL";
}
