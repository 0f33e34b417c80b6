using System.Security.Cryptography.X509Certificates;
using Keten.Contracts.Identifiers;

namespace Keten.TestKit.Pki;

/// <summary>A certificate with its key, in files.</summary>
/// <param name="Oin">Default for one without an OIN.</param>
/// <param name="CertificatePath">PEM.</param>
/// <param name="KeyPath">PEM.</param>
public sealed record TestIdentity(Oin Oin, string CertificatePath, string KeyPath)
{
    /// <summary>The leaf with its key, for an SslStream.</summary>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(CertificatePath, KeyPath);
}
