using Keten.Contracts;

namespace Keten.Identity;

/// <summary>Who calls, as the connection proves it.</summary>
/// <param name="Caller">From the registry, also when not active (rule R3 refuses it); null when refused or when the host keeps no registry.</param>
/// <param name="Certificate">The verdict on the certificate; null without one.</param>
/// <param name="Refusal">Why the caller is not accepted; null when it is.</param>
public readonly record struct Identification(Participant? Caller, CertificateVerdict? Certificate, Refusal? Refusal)
{
    internal static Identification WithoutCertificate { get; } = new(null, null, Refusals.CertificateRequired);
}
