using System.Net.Http.Headers;

namespace Keten.Contracts.Fhir;

/// <summary>Which form a caller gets: <c>_format</c> before <c>Accept</c>, JSON before XML.</summary>
public static class FhirFormats
{
    /// <summary>The media type, without parameters.</summary>
    public static string MediaType(this FhirFormat format) => format == FhirFormat.Xml ? "application/fhir+xml" : "application/fhir+json";

    /// <summary>Null when the caller accepts neither.</summary>
    /// <param name="parameter">Value of <c>_format</c>, or null.</param>
    /// <param name="accept">The <c>Accept</c> header, or null.</param>
    public static FhirFormat? Choose(string? parameter, string? accept)
    {
        if (parameter is not null)
        {
            return MediaTypeHeaderValue.TryParse(parameter, out var asked) ? Of(asked) : Named(parameter);
        }

        if (string.IsNullOrWhiteSpace(accept))
        {
            return FhirFormat.Json;
        }

        return accept.Split(',').Select(part => MediaTypeWithQualityHeaderValue.TryParse(part, out var type) ? type : null)
            .Where(type => type is not null && type.Quality is not 0 && Of(type) is not null)
            .OrderByDescending(type => type!.Quality ?? 1)
            .Select(type => Of(type!)).FirstOrDefault();
    }

    /// <summary>The form of a resource that is sent; null for any other content. Only UTF-8 is read.</summary>
    public static FhirFormat? OfResource(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType is not ("*/*" or "application/*" or "text/*")
        && (type.CharSet is null || type.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)) ? Of(type) : null;

    private static FhirFormat? Of(MediaTypeHeaderValue type)
    {
        // fhirVersion=4.0 is ours; another version is content we cannot give.
        var version = type.Parameters.FirstOrDefault(p => p.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"');
        return version is null or "4.0" or "4.0.1" ? Named(type.MediaType ?? "") : null;
    }

    private static FhirFormat? Named(string name) => name.ToLowerInvariant() switch
    {
        // A plus that nobody escaped in a URL arrives as a space.
        "application/fhir+json" or "application/fhir json" or "application/json" or "text/json" or "json" or "*/*" or "application/*" => FhirFormat.Json,
        "application/fhir+xml" or "application/fhir xml" or "application/xml" or "text/xml" or "xml" or "text/*" => FhirFormat.Xml,
        _ => null,
    };
}
