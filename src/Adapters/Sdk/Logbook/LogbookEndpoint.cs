using System.Globalization;
using System.Text;
using Keten.Adapters.Sdk.Hosting;
using Keten.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>
/// <c>GET /logbook?from=…&amp;until=…</c> on the case system's door: the logbook as JSON lines. RFC 3339 moments, both optional. Any HTTP client will do;
/// the gateway's door has no such address.
/// </summary>
internal static class LogbookEndpoint
{
    public static void MapLogbook(this WebApplication app) => app.MapGet("/logbook", async (HttpContext http, LogbookReader logbook, AdapterOptions options) =>
    {
        if (http.Features.Get<AdapterListener>()?.Kind != AdapterListenerKind.CaseSystem)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!TryRead(http.Request.Query["from"], DateTimeOffset.UnixEpoch, out var from)
            || !TryRead(http.Request.Query["until"], DateTimeOffset.MaxValue, out var until))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync("from and until: expected RFC 3339, for instance 2026-03-01T00:00:00Z.\n", http.RequestAborted);
            return;
        }

        var controller = CloudEvent.SourceOf(Contracts.Identifiers.Oin.Parse(options.Oin));
        http.Response.ContentType = "application/x-ndjson";
        http.Response.Headers.CacheControl = "no-store";
        foreach (var line in logbook.Read(from, until))
        {
            await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(line.ToJson(controller) + "\n"), http.RequestAborted);
        }
    });

    private static bool TryRead(string? text, DateTimeOffset absent, out DateTimeOffset moment)
    {
        moment = absent;
        return string.IsNullOrEmpty(text)
            || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }
}
