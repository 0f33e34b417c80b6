using Microsoft.AspNetCore.Authentication;

namespace Keten.Identity;

/// <summary>
/// As in Microsoft.AspNetCore.Authentication.Certificate, without its validation settings: roots, use, validity and revocation are the federation's
/// (<see cref="FederationOptions"/>) and are not to be loosened per scheme.
/// </summary>
public sealed class CertificateAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>What the application does at each step.</summary>
    public new CertificateAuthenticationEvents Events
    {
        get => (CertificateAuthenticationEvents)base.Events!;
        set => base.Events = value;
    }
}
