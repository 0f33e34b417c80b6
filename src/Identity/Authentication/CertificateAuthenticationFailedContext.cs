using Keten.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Keten.Identity;

/// <summary>A certificate that was refused.</summary>
public sealed class CertificateAuthenticationFailedContext(HttpContext context, AuthenticationScheme scheme, CertificateAuthenticationOptions options)
    : ResultContext<CertificateAuthenticationOptions>(context, scheme, options)
{
    /// <summary>Its message is the refusal's code.</summary>
    public Exception Exception { get; set; } = null!;

    /// <summary>The refusal.</summary>
    public required Refusal Refusal { get; init; }
}
