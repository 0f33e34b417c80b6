using Hl7.Fhir.Model;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;
using Keten.Identity;
using Microsoft.AspNetCore.Http.Features;
using Task = System.Threading.Tasks.Task;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>
/// Puts a search to this gateway itself, as the caller would have: from the same connection, through every step, with a decision and a record of its own.
/// Nothing that a search brings along or an overview holds gets there in another way.
/// </summary>
internal sealed class SubQuestions(IServiceScopeFactory scopes, OperationCatalogue catalogue)
{
    private RequestDelegate? _app;

    /// <summary>Everything that comes after this in the gateway is what a question goes through. Costs a call nothing.</summary>
    public void Attach(IApplicationBuilder app) => app.Use(next =>
    {
        _app = next;
        return next;
    });

    /// <summary>A refusal as part of a bundle.</summary>
    public static OperationOutcome OutcomeOf(Refusal refusal) =>
        (OperationOutcome)FhirReading.Parse(FhirRefused.By(refusal).Write(FhirFormat.Json), FhirFormat.Json)!;

    /// <summary>False when the caller named fields, and none of this type: then it asks nothing of it.</summary>
    public bool IsWished(BundleDraft draft, FhirResourceType type) => Wish(draft.Call, type) is not [];

    /// <summary>Asks for all of a type that there is of the person; the headers say of whom and what for.</summary>
    public Task<SubAnswer> AskAsync(BundleDraft draft, string target, FhirResourceType type) => AskAsync(draft, target, type, "");

    /// <summary>Asks the search that the caller asked, without what it brings along.</summary>
    public Task<SubAnswer> AskAsync(BundleDraft draft)
    {
        var asked = draft.Call.Fhir!;
        return AskAsync(draft, asked.Target, asked.Type!, asked.QueryOf(forUrl: true, ownQuestions: false));
    }

    private async Task<SubAnswer> AskAsync(BundleDraft draft, string target, FhirResourceType type, string query)
    {
        var limit = draft.TimeForOne();
        if (limit == TimeSpan.Zero)
        {
            return Failed(Refusals.DeadlinePassed, "");
        }

        var asker = draft.Call.Http;
        await using var scope = scopes.CreateAsyncScope();
        await using var response = new CollectedResponse();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = asker.Request.Protocol,
            Scheme = asker.Request.Scheme,
            Path = $"/{target}/fhir/{type.Name}",
            QueryString = query.Length > 0 ? "?" + query : "",
            Headers = HeadersOf(draft.Call, type, limit),
            Body = Stream.Null,
        });
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));
        features.Set<IHttpResponseTrailersFeature>(new Trailers());

        // The deadline in the headers ends it, so that its record says so; this only when the caller leaves.
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = asker.RequestAborted });
        features.Set<IServiceProvidersFeature>(new ServiceProvidersFeature { RequestServices = scope.ServiceProvider });
        features.IdentifyAs(asker);
        await _app!(new DefaultHttpContext(features));
        return Read(draft, response, features.Get<Call>()?.DecisionId ?? "");
    }

    private HeaderDictionary HeadersOf(Call call, FhirResourceType type, TimeSpan limit)
    {
        var asked = call.Http.Request.Headers;
        var headers = new HeaderDictionary { ["Host"] = asked.Host, ["Accept"] = FhirFormat.Json.MediaType(), [GrpcDeadline.Header] = GrpcDeadline.Write(limit) };
        foreach (var (name, value) in asked)
        {
            if ((name.StartsWith("keten-", StringComparison.OrdinalIgnoreCase) && !name.Equals(KetenHeaders.Target, StringComparison.OrdinalIgnoreCase))
                || name.Equals(KetenHeaders.TraceParent, StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = value;
            }
        }

        // One thread through all records of it.
        headers[KetenHeaders.TransactionId] = call.TransactionId;
        if (Wish(call, type) is { Count: > 0 } wish)
        {
            headers[KetenHeaders.Fields] = string.Join(',', wish);
        }

        return headers;
    }

    /// <summary>Of the fields the caller named, those of this type, and of the index always whom it is about: who is to be asked. Null: it named none.</summary>
    private List<string>? Wish(Call call, FhirResourceType type) =>
        call.Http.Request.Headers[KetenHeaders.Fields] is [{ } wish] && catalogue.TryGet(type.OperationPath, out var operation)
            ? [.. wish.Split(',', StringSplitOptions.TrimEntries).Intersect(operation.Fields, StringComparer.Ordinal)
                .Union(type == FhirCatalogue.CareTeam ? ["organisation"] : [], StringComparer.Ordinal)]
            : null;

    private static SubAnswer Read(BundleDraft draft, CollectedResponse response, string decisionId)
    {
        if (response.IsTooLong || !draft.Takes(response.Bytes.Length))
        {
            return Failed(FhirRefusals.BundleIncomplete, decisionId);
        }

        return FhirReading.Parse(response.Bytes, FhirFormat.Json) switch
        {
            Bundle found when response.StatusCode == StatusCodes.Status200OK => new SubAnswer(found, null, response.StatusCode, decisionId, response.Headers),
            OperationOutcome refused when response.StatusCode != StatusCodes.Status200OK => new SubAnswer(null, refused, response.StatusCode, decisionId, response.Headers),

            // Nothing, or nothing in R4: what came is not passed on.
            _ => Failed(Refusals.TargetNotReachable, decisionId),
        };
    }

    private static SubAnswer Failed(Refusal refusal, string decisionId) => new(
        null, OutcomeOf(refusal), FhirOutcome.HttpStatusOf(refusal.Code, refusal.Status), decisionId, new HeaderDictionary { [KetenHeaders.Reason] = refusal.Code });

    private sealed class Trailers : IHttpResponseTrailersFeature
    {
        IHeaderDictionary IHttpResponseTrailersFeature.Trailers { get; set; } = new HeaderDictionary();
    }
}
