using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;

namespace Keten.Identity;

/// <summary>The certificate this host shows, as a server and as a client; replaced while running.</summary>
public sealed class OwnCertificate
{
    private volatile OwnCertificateMaterial? _material;

    internal OwnCertificate()
    {
    }

    /// <summary>The organisation's own OIN.</summary>
    public Oin Oin => Material.Verdict.Oin;

    /// <summary>The organisation's name in the certificate.</summary>
    public string Organisation => Material.Verdict.Organisation;

    /// <summary>The certificate with its key. Not the caller's to dispose.</summary>
    public X509Certificate2 Certificate => Material.Certificate;

    internal OwnCertificateMaterial Material => _material ?? throw new InvalidOperationException("The own certificate was not loaded.");

    // The one before is left to the collector: handshakes under way still use it.
    internal void Replace(OwnCertificateMaterial material) => _material = material;
}
