using Microsoft.AspNetCore.Http;

namespace Keten.Identity;

/// <summary>Asking a request who calls.</summary>
public static class IdentificationExtensions
{
    /// <summary>
    /// The caller of this request, from its connection's certificate; never from a header. A field read without allocation, unless a file changed since the
    /// connection's last request. On a listener without <see cref="FederationTlsExtensions.UseFederationTls"/>: CERTIFICATE_REQUIRED.
    /// </summary>
    public static Identification Identify(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<FederationConnection>()?.Identify() ?? Identification.WithoutCertificate;
    }
}
