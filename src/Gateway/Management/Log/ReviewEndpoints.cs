using System.Text.Json;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Reviews;
using Keten.Gateway.BreakGlass;
using Keten.Gateway.Management.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management.Log;

/// <summary><c>GET /v1/break-glass</c> and <c>POST /v1/break-glass/{decisionId}/review</c>: the review of what break-glass opened.</summary>
internal static class ReviewEndpoints
{
    private const string Path = "/v1/break-glass";
    private const int MaxRequestBytes = 16 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly string[] States = ["open", "overdue", "accepted", "objected", "all"];

    public static void MapBreakGlassReview(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, ListAsync);
        endpoints.MapPost(Path + "/{decisionId}/review", ReviewAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IServiceProvider services)
    {
        var (queue, log) = (services.GetRequiredService<ReviewQueue>(), services.GetRequiredService<SegmentedDecisionLog>());
        var reading = services.GetRequiredService<LogReading>();
        var asker = http.Features.GetRequiredFeature<Asker>();
        var state = http.Request.Query.TryGetValue("state", out var given) && given is [{ } one] ? one : given.Count == 0 ? "open" : "";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(LongestWait);
        var refusal = LogAccess.RefuseToRead(asker) ?? (!States.Contains(state, StringComparer.Ordinal) ? Refusals.LogQuestionInvalid : null);
        using var place = refusal is null ? reading.TryEnter(asker) : null;
        refusal ??= place is null || !await IsCaughtUpAsync(queue, log.Durable, limit.Token) ? Refusals.LogBusy : null;
        var asked = refusal == Refusals.LogQuestionInvalid ? $"GET {Path}" : $"GET {Path}?state={state}";
        var answer = await services.GetRequiredService<LogAccess>().RecordAsync(
            asker, asked, LogAccess.Read, refusal, refusal == Refusals.LogQuestionInvalid ? $"state: expected {string.Join(", ", States)}." : null);
        if (answer.Refusal is not null)
        {
            return answer.Problem();
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var viewer = asker.Organisation?.Value;
        var uses = state is "open" or "overdue" ? queue.Open() : BreakGlassFold.Read(reading.Directory, cancellationToken: http.RequestAborted).Uses;
        return Results.Json(new ReviewList(
            [.. uses.Where(use => viewer is null || use.Concerns(viewer)).Select(use => ReviewItem.From(use, now, viewer)).Where(item => item.IsIn(state))]));
    }

    private static async Task<IResult> ReviewAsync(string decisionId, HttpContext http, IServiceProvider services)
    {
        var (queue, log) = (services.GetRequiredService<ReviewQueue>(), services.GetRequiredService<SegmentedDecisionLog>());
        var asker = http.Features.GetRequiredFeature<Asker>();
        if (!UuidV7.IsValid(decisionId))
        {
            return await RefuseAsync(Refusals.ReviewInvalid, "The decision id in the path is a UUID version 7.");
        }

        var operation = $"POST {Path}/{decisionId}/review";
        if (await ReadAsync(http) is not { } request)
        {
            return await RefuseAsync(Refusals.ReviewInvalid, $"Expected application/json of at most {MaxRequestBytes} bytes: verdict, reviewer, remarkCode, remark.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(LongestWait);
        if (!await IsCaughtUpAsync(queue, log.Durable, limit.Token))
        {
            return await RefuseAsync(Refusals.LogBusy, null);
        }

        var (answer, use) = await services.GetRequiredService<ReviewDesk>().ReviewAsync(decisionId, request, asker, operation, http.RequestAborted);
        return use is null ? answer.Problem() : Results.Json(ReviewItem.From(use, services.GetRequiredService<TimeProvider>().GetUtcNow(), asker.ReviewsFor));

        async Task<IResult> RefuseAsync(Refusal refusal, string? detail) =>
            (await services.GetRequiredService<LogAccess>().RecordAsync(asker, $"POST {Path}/…/review", LogAccess.Review, refusal, detail)).Problem();
    }

    private static async Task<bool> IsCaughtUpAsync(ReviewQueue queue, long durable, CancellationToken limit)
    {
        try
        {
            await queue.CaughtUpAsync(durable, limit);
            return true;
        }
        catch (OperationCanceledException)
        {
            // Just started on a long log: the queue would not be complete.
            return false;
        }
    }

    private static async Task<ReviewRequest?> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType() || http.Request.ContentLength is null or > MaxRequestBytes)
        {
            return null;
        }

        try
        {
            return await http.Request.ReadFromJsonAsync<ReviewRequest>(http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
