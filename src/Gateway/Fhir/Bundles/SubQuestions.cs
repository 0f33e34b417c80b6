using System.Globalization;
using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;
using Keten.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Task = System.Threading.Tasks.Task;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>
/// Puts a search to this gateway itself, as the caller would have: from the same connection, through every step, with a decision and a record of its own.
/// Nothing that a search brings along or an overview holds gets there in another way.
/// </summary>
internal sealed class SubQuestions(IServiceScopeFactory scopes, OperationCatalogue catalogue)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private RequestDelegate? _app;

    /// <summary>Everything that comes after this in the gateway is what a question goes through. Costs a call nothing.</summary>
    public void Attach(IApplicationBuilder app) => app.Use(next =>
    {
        _app = next;
        return next;
    });

    /// <summary>Asks for all of a type that there is of the person; the headers say of whom and what for.</summary>
    public Task<SubAnswer> AskAsync(Call asker, string target, FhirResourceType type, CancellationToken cancellationToken) =>
        AskAsync(asker, target, type, string.Create(CultureInfo.InvariantCulture, $"_count={FhirRequest.MaxCount}"), wishesAsTheyAre: false, cancellationToken);

    /// <summary>Asks the search that the caller asked, without what it brings along.</summary>
    public Task<SubAnswer> AskAsync(Call asker, CancellationToken cancellationToken) =>
        AskAsync(asker, asker.Fhir!.Target, asker.Fhir.Type!, asker.Fhir.QueryOf(forUrl: true, ownQuestions: false), wishesAsTheyAre: true, cancellationToken);

    private async Task<SubAnswer> AskAsync(
        Call call, string target, FhirResourceType type, string query, bool wishesAsTheyAre, CancellationToken cancellationToken)
    {
        var asker = call.Http;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
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
            Headers = HeadersOf(call, type, wishesAsTheyAre),
            Body = Stream.Null,
        });
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));
        features.Set<IHttpResponseTrailersFeature>(new Trailers());
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = limit.Token });
        features.Set<IServiceProvidersFeature>(new ServiceProvidersFeature { RequestServices = scope.ServiceProvider });
        features.IdentifyAs(asker);
        await _app!(new DefaultHttpContext(features));
        return Read(response);
    }

    private HeaderDictionary HeadersOf(Call call, FhirResourceType type, bool wishesAsTheyAre)
    {
        var asker = call.Http;
        var headers = new HeaderDictionary { ["Host"] = asker.Request.Headers.Host, ["Accept"] = FhirFormat.Json.MediaType(), [GrpcDeadline.Header] = GrpcDeadline.Write(Limit) };
        foreach (var (name, value) in asker.Request.Headers)
        {
            if ((name.StartsWith("keten-", StringComparison.OrdinalIgnoreCase) && !name.Equals(KetenHeaders.Target, StringComparison.OrdinalIgnoreCase))
                || name.Equals(KetenHeaders.TraceParent, StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = value;
            }
        }

        // One thread through all records of it.
        headers[KetenHeaders.TransactionId] = call.TransactionId;

        // Who asks for less asks for less of this too, as far as it has such fields.
        if (!wishesAsTheyAre && asker.Request.Headers[KetenHeaders.Fields] is [{ } wish] && catalogue.TryGet(type.OperationPath, out var operation))
        {
            var fields = wish.Split(',', StringSplitOptions.TrimEntries).Intersect(operation.Fields, StringComparer.Ordinal).ToList();
            headers[KetenHeaders.Fields] = fields.Count > 0 ? string.Join(',', fields) : default;
        }

        return headers;
    }

    private static SubAnswer Read(CollectedResponse response)
    {
        var terms = response.Headers[KetenHeaders.Disclosure];
        var (bundle, outcome) = Parse(response.Bytes.Span) switch
        {
            Bundle found when response.StatusCode == StatusCodes.Status200OK => (found, null),
            OperationOutcome refused => (null, refused),

            // Nothing, too much, or nothing in R4: what came is not passed on.
            _ => ((Bundle?)null, Unreadable(response)),
        };
        return new SubAnswer(bundle, outcome, response.StatusCode, DecisionOf(terms), response.Headers);
    }

    /// <summary>A refusal as part of a bundle.</summary>
    public static OperationOutcome OutcomeOf(Refusal refusal) =>
        (OperationOutcome)Parse(new FhirOutcome(refusal.Code, refusal.Status, refusal.English, refusal.Dutch, "", "").Write(FhirFormat.Json))!;

    private static OperationOutcome Unreadable(CollectedResponse response)
    {
        response.StatusCode = FhirOutcome.HttpStatusOf(Refusals.TargetNotReachable.Code, Refusals.TargetNotReachable.Status);
        return OutcomeOf(Refusals.TargetNotReachable);
    }

    private static Resource? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 32 });
            return FhirJsonDeserializer.STRICT.TryDeserializeResource(ref reader, out var resource, out _) ? resource : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string DecisionOf(StringValues terms)
    {
        try
        {
            return terms is [{ } text] ? Protocol.V1.Disclosure.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) & ~3, '='))).DecisionId : "";
        }
        catch (Exception problem) when (problem is FormatException or Google.Protobuf.InvalidProtocolBufferException)
        {
            return "";
        }
    }

    private sealed class Trailers : IHttpResponseTrailersFeature
    {
        IHeaderDictionary IHttpResponseTrailersFeature.Trailers { get; set; } = new HeaderDictionary();
    }
}
