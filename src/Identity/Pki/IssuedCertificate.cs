using Keten.Contracts.Identifiers;

namespace Keten.Identity.Pki;

/// <summary>A certificate that was written to the authority's directory.</summary>
/// <param name="Oin">Of the participant.</param>
/// <param name="Serial">Serial number, lower-case hex.</param>
/// <param name="NotAfter">Until when it is valid.</param>
/// <param name="CertificatePath">PEM.</param>
/// <param name="KeyPath">PEM, readable by its owner only.</param>
public sealed record IssuedCertificate(Oin Oin, string Serial, DateTimeOffset NotAfter, string CertificatePath, string KeyPath);
