using Keten.Contracts.Identifiers;

namespace Keten.Identity;

/// <summary>What the federation's rules say of one certificate.</summary>
public sealed record CertificateVerdict
{
    /// <summary>True: every rule holds and <see cref="Oin"/> is proven.</summary>
    public bool Accepted => Reason is null;

    /// <summary>A code of <see cref="CertificateFaults"/>; null when accepted.</summary>
    public string? Reason { get; private init; }

    /// <summary>From the subject's <c>serialNumber</c>; default when refused.</summary>
    public Oin Oin { get; private init; }

    /// <summary>The subject's <c>O</c>; empty when refused or absent.</summary>
    public string Organisation { get; private init; } = "";

    /// <summary>SHA-256 of the certificate, lower-case hex; empty when none was shown.</summary>
    public string Thumbprint { get; private init; } = "";

    /// <summary>SHA-256 of the public key (SPKI), lower-case hex: what a pin is compared with; empty when refused.</summary>
    public string PublicKeySha256 { get; private init; } = "";

    /// <summary>Until when this holds if no file changes: the earliest end of the chain's certificates and revocation lists.</summary>
    public DateTimeOffset ValidUntil { get; private init; }

    internal static CertificateVerdict Accept(Oin oin, string organisation, string thumbprint, string publicKeySha256, DateTimeOffset validUntil) => new()
    {
        Oin = oin,
        Organisation = organisation,
        Thumbprint = thumbprint,
        PublicKeySha256 = publicKeySha256,
        ValidUntil = validUntil,
    };

    internal static CertificateVerdict Refuse(string reason, string thumbprint = "") => new() { Reason = reason, Thumbprint = thumbprint };
}
