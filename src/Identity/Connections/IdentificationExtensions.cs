using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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

    /// <summary>Makes a request that this host puts to itself one of the same caller, on the same connection.</summary>
    /// <param name="features">Of the new request.</param>
    /// <param name="asker">The caller's own request.</param>
    public static void IdentifyAs(this IFeatureCollection features, HttpContext asker)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(asker);
        features.Set(asker.Features.Get<FederationConnection>());
    }
}
