using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keten.Identity.Pki;

/// <summary>What goes into a certificate of the federation. The authority fills it in properly; tests leave things out.</summary>
internal sealed record CertificateForm
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "::1"];

    public required string Organisation { get; init; }

    /// <summary>Subject <c>serialNumber</c>, each; an authority gives exactly one, the OIN.</summary>
    public IReadOnlyCollection<string> SerialNumbers { get; init; } = [];

    public IReadOnlyCollection<string> Uses { get; init; } = [KeyUses.ClientAuth, KeyUses.ServerAuth];

    public IReadOnlyCollection<string> Hosts { get; init; } = [];

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public static X509Certificate2 SelfSign(string organisation, ECDsa key, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var request = Authority(organisation, key);
        return request.CreateSelfSigned(notBefore, notAfter);
    }

    /// <summary>An authority below another one.</summary>
    public static X509Certificate2 SignAuthority(string organisation, ECDsa key, X509Certificate2 issuer, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var request = Authority(organisation, key);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var bare = request.Create(issuer, notBefore, notAfter, NewSerial());
        return bare.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Sign(ECDsa key, X509Certificate2 issuer, byte[] serial)
    {
        var request = new CertificateRequest(Subject(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        if (Uses.Count > 0)
        {
            var uses = new OidCollection();
            foreach (var use in Uses)
            {
                uses.Add(new Oid(use));
            }

            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, false));
        }

        request.CertificateExtensions.Add(Names());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var bare = request.Create(issuer, NotBefore, NotAfter, serial);
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>Sixteen random bytes, positive and without a leading zero, so that the hex is the same everywhere.</summary>
    public static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }

    private static CertificateRequest Authority(string organisation, ECDsa key)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName(organisation);
        name.AddCommonName(organisation);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private X500DistinguishedName Subject()
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName(Organisation);
        name.AddCommonName(Organisation);
        foreach (var serialNumber in SerialNumbers)
        {
            // PrintableString, as X.520 has it and PKIoverheid does; tests write what does not fit one, too.
            name.Add("2.5.4.5", serialNumber, IsPrintable(serialNumber) ? UniversalTagNumber.PrintableString : UniversalTagNumber.UTF8String);
        }

        return name.Build();
    }

    private static bool IsPrintable(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || " '()+,-./:=?".Contains(c, StringComparison.Ordinal));

    private X509Extension Names()
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in Loopback.Union(Hosts, StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return names.Build();
    }
}
