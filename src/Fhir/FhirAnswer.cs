using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts.Fhir;
using Microsoft.AspNetCore.Http;
using Task = System.Threading.Tasks.Task;

namespace Keten.Fhir;

/// <summary>Writes resources, with the version as ETag.</summary>
internal static class FhirAnswer
{
    /// <summary>What was found for a read or a search.</summary>
    public static Task WriteFoundAsync(HttpContext http, FhirRequest asked, IReadOnlyList<DomainResource> found) =>
        asked.Interaction == FhirInteraction.Search ? WriteSearchAsync(http, asked, found)
            : found is [var one, ..] ? WriteReadAsync(http, asked.Format, one)
            : WriteAsync(http, asked.Format, FhirRefused.By(FhirRefusals.ResourceNotFound));

    /// <summary>One resource; 304 without a body when the caller has this version.</summary>
    private static Task WriteReadAsync(HttpContext http, FhirFormat format, Resource resource)
    {
        var tag = $"W/\"{resource.Meta!.VersionId}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, no-cache";
        if (http.Request.Headers.IfNoneMatch == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteAsync(http, format, resource);
    }

    /// <summary>A searchset. Its links carry what was asked and nothing of a person; a total would say how much was left out.</summary>
    private static Task WriteSearchAsync(HttpContext http, FhirRequest asked, IReadOnlyList<DomainResource> found)
    {
        var root = Base(http);
        var bundle = new Bundle { Type = Bundle.BundleType.Searchset };
        var parameters = asked.Parameters.Where(p => asked.Type!.Parameters.Any(t => t.Name == p.Key && t.Kind != FhirParameterKind.Pseudonym));
        var query = string.Join('&', parameters.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
        bundle.Link.Add(new Bundle.LinkComponent { Relation = "self", Url = $"{root}/{asked.Type!.Name}{(query.Length > 0 ? "?" : "")}{query}" });
        foreach (var resource in found)
        {
            bundle.Entry.Add(new Bundle.EntryComponent
            {
                FullUrl = $"{root}/{resource.TypeName}/{resource.Id}",
                Resource = resource,
                Search = new Bundle.SearchComponent { Mode = Bundle.SearchEntryMode.Match },
            });
        }

        http.Response.Headers.CacheControl = "private, no-cache";
        return WriteAsync(http, asked.Format, bundle);
    }

    /// <summary>Any resource.</summary>
    public static async Task WriteAsync(HttpContext http, FhirFormat format, Resource resource)
    {
        var body = format == FhirFormat.Xml ? FhirXmlSerializer.Default.SerializeToBytes(resource) : FhirJsonSerializer.Default.SerializeToBytes(resource);
        await WriteAsync(http, format, body);
    }

    /// <summary>A refusal.</summary>
    public static async Task WriteAsync(HttpContext http, FhirFormat format, FhirOutcome outcome)
    {
        http.Response.StatusCode = outcome.HttpStatus;
        http.Response.Headers[Contracts.KetenHeaders.Reason] = outcome.Code;
        await WriteAsync(http, format, outcome.Write(format));
    }

    /// <summary>Where callers know this server; without the gateway in front, where it is.</summary>
    public static string Base(HttpContext http) => http.Request.Headers[FhirNames.BaseHeader] is [{ Length: > 0 } told] ? told
        : $"https://{http.Request.Host}/{http.Request.RouteValues["oin"]}/fhir";

    private static Task WriteAsync(HttpContext http, FhirFormat format, byte[] body)
    {
        http.Response.ContentType = format.MediaType() + "; charset=utf-8";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
