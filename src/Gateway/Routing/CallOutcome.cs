using System.Globalization;
using Google.Protobuf;
using Keten.Contracts;
using Keten.Gateway.Fhir;
using Keten.Protocol.V1;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Routing;

/// <summary>What a forwarded call ended with, read from headers and trailers only.</summary>
internal static class CallOutcome
{
    /// <summary>gRPC status; -1 when none arrived.</summary>
    public static int GrpcStatus(HttpContext http) =>
        int.TryParse(HeaderOrTrailer(http, "grpc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status
        : FhirForwarding.StatusOf(http) is { } told ? (int)told : -1;

    /// <summary>What the record says when nobody was there any more to hear how it ended.</summary>
    public const string HungUp = "CALLER_HUNG_UP";

    /// <summary>Reason code the target or the transport gave; empty on success. A target can name only codes, not text.</summary>
    public static string Reason(HttpContext http) =>
        GrpcStatus(http) < 0 && http.RequestAborted.IsCancellationRequested ? HungUp
        : HeaderOrTrailer(http, KetenHeaders.Reason) is { Length: > 0 and <= 64 } reason
        && reason.All(c => char.IsAsciiLetterUpper(c) || c == '_') ? reason : "";

    /// <summary>The target's account of what it disclosed; null when it gave none that can be read.</summary>
    public static Disclosure? Disclosure(HttpContext http)
    {
        if (http.Response.Headers[KetenHeaders.Disclosure] is not [{ Length: > 0 and <= 16384 } text])
        {
            return null;
        }

        try
        {
            return Protocol.V1.Disclosure.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) & ~3, '=')));
        }
        catch (Exception problem) when (problem is FormatException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static string? HeaderOrTrailer(HttpContext http, string name)
    {
        var trailers = http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        return trailers is not null && trailers.TryGetValue(name, out var trailer) ? trailer.ToString() : http.Response.Headers[name].ToString();
    }
}
