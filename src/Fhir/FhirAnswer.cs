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
    public static Task WriteFoundAsync(HttpContext http, FhirRequest asked, FhirFound found, DateTimeOffset now) =>
        asked.Interaction == FhirInteraction.Search ? WriteSearchAsync(http, asked, found, now)
            : found.Resources is [var one, ..] ? WriteReadAsync(http, asked.Format, one)
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

    /// <summary>
    /// A searchset. Its links carry what was asked and nothing of a person. There is a total only when that is what was asked for: of what the caller may see.
    /// </summary>
    private static Task WriteSearchAsync(HttpContext http, FhirRequest asked, FhirFound found, DateTimeOffset now)
    {
        var root = Base(http);
        var bundle = new Bundle { Type = Bundle.BundleType.Searchset };
        AddLink(bundle, root, asked, "self", asked.After);
        if (asked.Summary == FhirSummary.Count)
        {
            bundle.Total = found.Total;
        }
        else
        {
            if (found.More)
            {
                AddLink(bundle, root, asked, "next", found.Resources[^1].Id);
            }

            bundle.Entry.AddRange(found.Resources.Select(r => Entry($"{root}/{r.TypeName}/{r.Id}", r, Bundle.SearchEntryMode.Match)));
            if (found.Resources.Count > 0 && asked.Includes.Any(i => i.Type == FhirCatalogue.Provenance))
            {
                bundle.Entry.Add(Entry($"urn:uuid:{found.Terms.DecisionId}", FhirProvenance.Of(found, root, now), Bundle.SearchEntryMode.Include));
            }
        }

        http.Response.Headers.CacheControl = "private, no-cache";
        return WriteAsync(http, asked.Format, bundle);
    }

    private static void AddLink(Bundle bundle, string root, FhirRequest asked, string relation, string? after)
    {
        var query = asked.QueryOf(after, forUrl: true);
        bundle.Link.Add(new Bundle.LinkComponent { Relation = relation, Url = $"{root}/{asked.Type!.Name}{(query.Length > 0 ? "?" : "")}{query}" });
    }

    private static Bundle.EntryComponent Entry(string fullUrl, Resource resource, Bundle.SearchEntryMode mode) =>
        new() { FullUrl = fullUrl, Resource = resource, Search = new Bundle.SearchComponent { Mode = mode } };

    /// <summary>What was sent is kept to be weighed; there is no new version to give back.</summary>
    public static Task WriteHandedOverAsync(HttpContext http, FhirFormat format) => WriteAsync(http, format, new OperationOutcome
    {
        Issue =
        [
            new OperationOutcome.IssueComponent
            {
                Severity = OperationOutcome.IssueSeverity.Information,
                Code = OperationOutcome.IssueType.Informational,
                Details = new CodeableConcept { Text = "Handed over to be weighed; nothing is overwritten. / Aangeboden om te wegen; er is niets overschreven." },
            },
        ],
    });

    /// <summary>Any resource.</summary>
    public static async Task WriteAsync(HttpContext http, FhirFormat format, Resource resource)
    {
        FhirCharacters.Clean(resource);
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
