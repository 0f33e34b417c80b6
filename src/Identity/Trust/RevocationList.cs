using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Keten.Identity;

/// <summary>One parsed list (RFC 5280, section 5). Its signature is checked against the issuer of the certificate in question, once per key.</summary>
internal sealed class RevocationList
{
    private readonly X509Crl _crl;
    private readonly FrozenSet<string> _serials;
    private readonly ConcurrentDictionary<string, bool> _signedBy = new();

    private RevocationList(X509Crl crl, FrozenSet<string> serials, DateTimeOffset nextUpdate, int line)
    {
        _crl = crl;
        _serials = serials;
        ThisUpdate = new DateTimeOffset(crl.ThisUpdate.ToUniversalTime());
        NextUpdate = nextUpdate;
        Issuer = Convert.ToHexString(crl.IssuerDN.GetEncoded());
        Line = line;
    }

    /// <summary>The issuer's name, DER in hex.</summary>
    public string Issuer { get; }

    public DateTimeOffset ThisUpdate { get; }

    public DateTimeOffset NextUpdate { get; }

    public int Line { get; }

    /// <exception cref="FederationFileException">Not a complete list this host can rely on.</exception>
    public static RevocationList Parse(string path, PemBlock block)
    {
        X509Crl crl;
        FrozenSet<string> serials;
        DateTime? nextUpdate;
        bool partial;
        try
        {
            crl = new X509CrlParser().ReadCrl(block.Content)
                ?? throw new FederationFileException(new FileFault(path, block.Line, "the block holds no revocation list", "a DER encoded CRL"));
            // Entries are parsed lazily: read them here, so that a damaged one is found at load and not in a handshake.
            serials = (crl.GetRevokedCertificates() ?? new HashSet<X509CrlEntry>())
                .Select(entry => Serial(entry.SerialNumber.ToByteArray())).ToFrozenSet(StringComparer.Ordinal);
            nextUpdate = crl.NextUpdate;
            partial = crl.GetCriticalExtensionOids() is { Count: > 0 };
        }
        catch (Exception fault) when (fault is not (FederationFileException or OutOfMemoryException))
        {
            // The parser has no one exception for bad input; whatever it throws, the list cannot be read.
            throw new FederationFileException(new FileFault(path, block.Line, "the revocation list cannot be read", "a DER encoded CRL (RFC 5280)"), fault);
        }

        if (nextUpdate is not { } next)
        {
            throw new FederationFileException(new FileFault(path, block.Line, "the revocation list has no nextUpdate",
                "a list that says until when it may be relied on"));
        }

        if (partial)
        {
            // Critical extensions say the list is a delta, indirect or covers only part: relying on it would miss revocations.
            throw new FederationFileException(new FileFault(path, block.Line, "the revocation list is partial, indirect or a delta",
                "a complete list of its issuer, without critical extensions"));
        }

        return new RevocationList(crl, serials, new DateTimeOffset(next.ToUniversalTime()), block.Line);
    }

    public bool Contains(X509Certificate2 certificate) => _serials.Contains(Serial(certificate.SerialNumberBytes.Span));

    public bool IsSignedBy(X509Certificate2 issuer)
    {
        var key = issuer.PublicKey.ExportSubjectPublicKeyInfo();
        return _signedBy.GetOrAdd(Convert.ToHexString(SHA256.HashData(key)), _ => Verify(issuer, key));
    }

    private bool Verify(X509Certificate2 issuer, byte[] key)
    {
        try
        {
            var usage = issuer.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
            return (usage is null || usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign)) && _crl.IsSignatureValid(PublicKeyFactory.CreateKey(key));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // A key or algorithm that cannot be used proves nothing, whichever exception the library has for it: not signed.
            return false;
        }
    }

    private static string Serial(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes.TrimStart((byte)0));
}
