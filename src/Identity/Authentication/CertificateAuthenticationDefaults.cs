namespace Keten.Identity;

/// <summary>As in Microsoft.AspNetCore.Authentication.Certificate.</summary>
public static class CertificateAuthenticationDefaults
{
    /// <summary>The default scheme.</summary>
    public const string AuthenticationScheme = "Certificate";
}
