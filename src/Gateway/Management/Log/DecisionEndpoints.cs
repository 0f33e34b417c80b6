using Keten.Contracts;
using Keten.Gateway.Management.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management.Log;

/// <summary><c>GET /v1/decisions</c>: the decision log through the gateway, for participants and officers.</summary>
internal static class DecisionEndpoints
{
    private const string Path = "/v1/decisions";

    public static void MapDecisions(this IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, AnswerAsync);

    private static async Task AnswerAsync(HttpContext http)
    {
        var asker = http.Features.GetRequiredFeature<Asker>();
        var question = DecisionQuestion.Read(http.Request.Query, out var fault);
        var reading = http.RequestServices.GetRequiredService<LogReading>();
        var refusal = LogAccess.RefuseToRead(asker) ?? (question is null ? Refusals.LogQuestionInvalid : null);
        using var place = refusal is null ? reading.TryEnter(asker) : null;
        refusal ??= place is null ? Refusals.LogBusy : null;

        // What is not of its form is not copied into the record.
        var operation = question is null ? $"GET {Path}" : $"GET {Path}{http.Request.QueryString}";
        var answer = await http.RequestServices.GetRequiredService<LogAccess>().RecordAsync(asker, operation, LogAccess.Read, refusal, refusal == Refusals.LogQuestionInvalid ? fault : null);
        if (answer.Refusal is not null)
        {
            await answer.Problem().ExecuteAsync(http);
            return;
        }

        http.Response.ContentType = "application/jsonl; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        await reading.WriteAsync(question!, asker, http.Response.BodyWriter, async () => await http.Response.BodyWriter.FlushAsync(http.RequestAborted), http.RequestAborted);
    }
}
