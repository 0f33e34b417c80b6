using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Keten.Identity;

/// <summary>A certificate that was accepted.</summary>
public sealed class CertificateValidatedContext(HttpContext context, AuthenticationScheme scheme, CertificateAuthenticationOptions options)
    : ResultContext<CertificateAuthenticationOptions>(context, scheme, options)
{
    /// <summary>As the handshake brought it.</summary>
    public X509Certificate2 ClientCertificate { get; set; } = null!;

    /// <summary>Who that is.</summary>
    public Identification Identification { get; init; }
}
