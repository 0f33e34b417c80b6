using Microsoft.AspNetCore.Authentication;

namespace Keten.Identity;

/// <summary>As in Microsoft.AspNetCore.Authentication.Certificate.</summary>
public static class CertificateAuthenticationExtensions
{
    /// <summary>Adds the scheme <see cref="CertificateAuthenticationDefaults.AuthenticationScheme"/>.</summary>
    public static AuthenticationBuilder AddCertificate(this AuthenticationBuilder builder) =>
        builder.AddCertificate(CertificateAuthenticationDefaults.AuthenticationScheme);

    /// <summary>Adds a scheme of this name.</summary>
    public static AuthenticationBuilder AddCertificate(this AuthenticationBuilder builder, string authenticationScheme) =>
        builder.AddCertificate(authenticationScheme, configureOptions: null);

    /// <summary>Adds the default scheme with options.</summary>
    public static AuthenticationBuilder AddCertificate(this AuthenticationBuilder builder, Action<CertificateAuthenticationOptions>? configureOptions) =>
        builder.AddCertificate(CertificateAuthenticationDefaults.AuthenticationScheme, configureOptions);

    /// <summary>Adds a scheme of this name with options.</summary>
    public static AuthenticationBuilder AddCertificate(
        this AuthenticationBuilder builder, string authenticationScheme, Action<CertificateAuthenticationOptions>? configureOptions) =>
        builder.AddScheme<CertificateAuthenticationOptions, CertificateAuthenticationHandler>(authenticationScheme, configureOptions);
}
