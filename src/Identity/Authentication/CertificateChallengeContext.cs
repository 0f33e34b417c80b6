using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Keten.Identity;

/// <summary>A request that should have come with an accepted certificate.</summary>
public sealed class CertificateChallengeContext(
    HttpContext context, AuthenticationScheme scheme, CertificateAuthenticationOptions options, AuthenticationProperties properties)
    : PropertiesContext<CertificateAuthenticationOptions>(context, scheme, options, properties)
{
    /// <summary>True once the application has written its own response.</summary>
    public bool Handled { get; private set; }

    /// <summary>Keeps the handler from writing 403.</summary>
    public void HandleResponse() => Handled = true;
}
