using Grpc.Core;
using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;
using Microsoft.Extensions.Primitives;

namespace Keten.Gateway.Fhir;

/// <summary>What a FHIR call needs beside the permit, and how its end is told in the record.</summary>
internal static class FhirForwarding
{
    /// <summary>The query and two headers in a form that holds nothing of the caller's own making, and the address under which the answer's links must be.</summary>
    public static void Write(Call call, StringValues ifNoneMatch)
    {
        var (request, asked) = (call.Http.Request, call.Fhir!);
        var query = asked.HasForm ? "" : asked.QueryOf();
        request.QueryString = new QueryString(query.Length > 0 ? "?" + query : "");
        request.Headers.Accept = asked.Format.MediaType();
        WriteBase(call);
        if (call.FhirFragment is { } fragment)
        {
            request.Headers[FhirNames.FragmentHeader] = string.Join(',', fragment);
        }

        if (ifNoneMatch is [{ } tag] && tag.StartsWith("W/\"", StringComparison.Ordinal) && tag.EndsWith('"') && FhirId.IsValid(tag[3..^1]))
        {
            request.Headers.IfNoneMatch = ifNoneMatch;
        }
    }

    /// <summary>Where callers know the server that is asked; what a caller wrote there is gone.</summary>
    public static void WriteBase(Call call) => call.Http.Request.Headers[FhirNames.BaseHeader] = $"https://{call.Http.Request.Host}/{call.Fhir!.Target}/fhir";

    /// <summary>Null when it was no FHIR call, or its answer did not get to the caller whole.</summary>
    public static StatusCode? StatusOf(HttpContext http) =>
        FhirRequest.IsFhir(http.Request.Path.Value ?? "") && http.Response.HasStarted && http.GetForwarderErrorFeature() is null
            ? FhirOutcome.GrpcStatusOf(http.Response.StatusCode) : null;
}
