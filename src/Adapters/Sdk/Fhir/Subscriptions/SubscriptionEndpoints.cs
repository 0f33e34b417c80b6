using System.Globalization;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary><c>/fhir</c> on the case system's door: Subscription, and what of it there is.</summary>
internal sealed partial class SubscriptionEndpoints(
    SubscriptionStore subscriptions, InboxWake wake, AdapterOptions options, TimeProvider time, ILogger<SubscriptionEndpoints> logger)
{
    private const string Type = "Subscription";
    private const int MaxBytes = 16 * 1024;

    public async Task HandleAsync(HttpContext http)
    {
        var format = FhirFormat.Json;
        try
        {
            var refusal = ReadFormat(http.Request, out format)
                ?? (http.Features.Get<AdapterListener>()?.Kind == AdapterListenerKind.CaseSystem ? await AnswerAsync(http, format) : Refusals.OperationNotOffered);
            if (refusal is not null)
            {
                await FhirAnswer.WriteAsync(http, format, FhirRefused.By(refusal));
            }
        }
        catch (Exception problem) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            // The type only: a message may hold what must not be in a log.
            Log.Failed(logger, problem.GetType().FullName ?? "");
            await FhirAnswer.WriteAsync(http, format, FhirRefused.By(Refusals.Internal));
        }
    }

    /// <summary>Null when it was answered.</summary>
    private async Task<Refusal?> AnswerAsync(HttpContext http, FhirFormat format)
    {
        http.Response.Headers.CacheControl = "private, no-cache";
        switch (http.Request.Method, (http.Request.RouteValues["path"] as string ?? "").Split('/'))
        {
            case ("GET", ["metadata"]):
                await FhirAnswer.WriteAsync(http, format, SubscriptionCapabilities.Make(options, Base(http)));
                return null;
            case ("GET", [Type]):
                await subscriptions.ExpireAsync(time.GetUtcNow(), http.RequestAborted);
                await FhirAnswer.WriteAsync(http, format, All(http));
                return null;
            case ("POST", [Type]):
                return await CreateAsync(http, format);
            case ("GET", [Type, var id]):
                return await ReadAsync(http, format, id);
            case ("PUT", [Type, var id]):
                return await UpdateAsync(http, format, id);
            case ("DELETE", [Type, var id]):
                return await DeleteAsync(http, id);
            case (_, [Type, ..] or ["metadata"] or [""]):
                return SubscriptionRefusals.InteractionUnsupported;
            default:
                return FhirRefusals.ResourceUnknown;
        }
    }

    private async Task<Refusal?> CreateAsync(HttpContext http, FhirFormat format)
    {
        if (http.Request.Headers.ContainsKey("If-None-Exist"))
        {
            return SubscriptionRefusals.InteractionUnsupported;
        }

        var (refusal, _, order) = await ReadBodyAsync(http);
        if (refusal is not null)
        {
            return refusal;
        }

        if (await subscriptions.AddAsync(order, time.GetUtcNow(), http.RequestAborted) is not { } row)
        {
            return SubscriptionRefusals.TooMany;
        }

        wake.Signal();
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"{Base(http)}/{Type}/{row.Id}/_history/{row.Version}");
        await WriteAsync(http, format, row);
        return null;
    }

    private async Task<Refusal?> ReadAsync(HttpContext http, FhirFormat format, string id)
    {
        await subscriptions.ExpireAsync(time.GetUtcNow(), http.RequestAborted);
        if (subscriptions.Find(id) is not { } row)
        {
            return SubscriptionRefusals.NotFound;
        }

        if (http.Request.Headers.IfNoneMatch == TagOf(row))
        {
            http.Response.Headers.ETag = TagOf(row);
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        await WriteAsync(http, format, row);
        return null;
    }

    private async Task<Refusal?> UpdateAsync(HttpContext http, FhirFormat format, string id)
    {
        if (VersionOf(http.Request) is not { } version)
        {
            return SubscriptionRefusals.VersionRequired;
        }

        var (refusal, asked, order) = await ReadBodyAsync(http);
        if (refusal is not null)
        {
            return refusal;
        }

        if (asked.Id != id)
        {
            return SubscriptionRefusals.Invalid;
        }

        var (refused, row) = await subscriptions.ReplaceAsync(id, version, order, time.GetUtcNow(), http.RequestAborted);
        if (row is null)
        {
            return refused;
        }

        wake.Signal();
        await WriteAsync(http, format, row);
        return null;
    }

    private async Task<Refusal?> DeleteAsync(HttpContext http, string id)
    {
        if (http.Request.Headers.IfMatch.Count > 0 && VersionOf(http.Request) is null)
        {
            return SubscriptionRefusals.VersionChanged;
        }

        var refusal = await subscriptions.DeleteAsync(id, VersionOf(http.Request), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return refusal;
    }

    private async Task<(Refusal? Refusal, Subscription Asked, SubscriptionOrder Order)> ReadBodyAsync(HttpContext http)
    {
        var (asked, order) = (new Subscription(), new SubscriptionOrder(true, "", "", "", [], null));

        // A body says what it is; nothing is guessed from what it looks like.
        if (http.Request.Headers.ContentEncoding.Count > 0 || FhirFormats.OfResource(http.Request.ContentType ?? "") is not { } format)
        {
            return (FhirRefusals.ResourceMediaTypeUnsupported, asked, order);
        }

        if (await FhirBody.ReadAsync(http.Request.Body, MaxBytes, http.RequestAborted) is not { } body)
        {
            return (SubscriptionRefusals.TooLarge, asked, order);
        }

        if (FhirReading.Parse(body, format) is not Subscription parsed)
        {
            return (SubscriptionRefusals.Invalid, asked, order);
        }

        var refusal = SubscriptionRules.Check(parsed, time.GetUtcNow(), out order);
        return (refusal, parsed, order);
    }

    private Bundle All(HttpContext http)
    {
        var bundle = new Bundle { Type = Bundle.BundleType.Searchset };
        bundle.Link.Add(new Bundle.LinkComponent { Relation = "self", Url = $"{Base(http)}/{Type}" });
        bundle.Entry.AddRange(subscriptions.List().Select(row => new Bundle.EntryComponent
        {
            FullUrl = $"{Base(http)}/{Type}/{row.Id}",
            Resource = SubscriptionResource.Of(row),
            Search = new Bundle.SearchComponent { Mode = Bundle.SearchEntryMode.Match },
        }));
        return bundle;
    }

    private static Task WriteAsync(HttpContext http, FhirFormat format, SubscriptionRow row)
    {
        http.Response.Headers.ETag = TagOf(row);
        http.Response.Headers.LastModified = row.Updated.ToString("R", CultureInfo.InvariantCulture);
        return FhirAnswer.WriteAsync(http, format, SubscriptionResource.Of(row));
    }

    private static Refusal? ReadFormat(HttpRequest request, out FhirFormat format)
    {
        format = FhirFormat.Json;
        var unknown = request.Query.Any(p => p.Value.Count != 1 || !(p.Key == "_format" || (p.Key == "_summary" && request.RouteValues["path"] as string == "metadata")));
        if (FhirFormats.Choose(request.Query["_format"], request.Headers.Accept) is not { } chosen)
        {
            return FhirRefusals.FormatNotAcceptable;
        }

        format = chosen;
        return unknown ? FhirRefusals.ParameterUnsupported : null;
    }

    private static string TagOf(SubscriptionRow row) => string.Create(CultureInfo.InvariantCulture, $"W/\"{row.Version}\"");

    private static long? VersionOf(HttpRequest request) =>
        request.Headers.IfMatch is [{ Length: > 4 } tag] && tag.StartsWith("W/\"", StringComparison.Ordinal) && tag.EndsWith('"')
            && long.TryParse(tag.AsSpan(3, tag.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    private static string Base(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}/fhir";

    private static partial class Log
    {
        [LoggerMessage(5394, LogLevel.Error, "A request about FHIR Subscriptions failed with {ProblemType}, refused")]
        public static partial void Failed(ILogger logger, string problemType);
    }
}
