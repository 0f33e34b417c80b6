using System.Globalization;
using System.Text.Json;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.DecisionLog.Subjects;
using Keten.Gateway.Management.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Gateway.Management.Log;

/// <summary>
/// <c>POST /v1/log/erasures</c>: destroys the key with which the log holds what it says of one person. The pseudonym is in the body, never in a path,
/// and on no record.
/// </summary>
internal static class ErasureEndpoint
{
    private const string Path = "/v1/log/erasures";
    private const string Operation = "POST " + Path;
    private const string Action = "erase";
    private const int MaxRequestBytes = 4 * 1024;
    private const int MaxGround = 256;

    private static readonly string Expected =
        $"Expected application/json: subject (a pseudonym), ground (1 to {MaxGround} characters on one line, no personal data), and optionally force.";

    public static void MapErasure(this IEndpointRouteBuilder endpoints) => endpoints.MapPost(Path, EraseAsync);

    private static async Task<IResult> EraseAsync(HttpContext http, IServiceProvider services)
    {
        var (access, asker) = (services.GetRequiredService<LogAccess>(), http.Features.GetRequiredFeature<Asker>());
        if (!asker.HasOneOf(OperatorRoles.EraseSubject))
        {
            return await RefuseAsync(Refusals.ErasureRoleRequired);
        }

        if (await ReadAsync(http) is not { } request || !Pseudonym.TryParse(request.Subject, out var person) || !IsGround(request.Ground))
        {
            return await RefuseAsync(Refusals.LogQuestionInvalid, Expected);
        }

        try
        {
            var eraser = services.GetRequiredService<SubjectEraser>();
            var erasure = await eraser.EraseAsync(person, asker.Name, request.Ground!, request.Force, http.RequestAborted);
            if (erasure.KeepUntil is { } until)
            {
                return await RefuseAsync(
                    Refusals.SubjectMustBeKept, $"That is until {until.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}; force with the ground of a decision that goes before it.");
            }

            return Results.Json(new { keys = erasure.Keys });
        }
        catch (BsnInRecordException)
        {
            return await RefuseAsync(Refusals.LogQuestionInvalid, "The ground holds a number that may be a BSN.");
        }
        catch (IOException problem)
        {
            return Results.Problem(
                $"The erasure is not complete; ask again when this is put right. {problem.Message}", title: Refusals.DecisionLogUnavailable.Code,
                statusCode: StatusCodes.Status503ServiceUnavailable, extensions: new Dictionary<string, object?> { ["code"] = Refusals.DecisionLogUnavailable.Code });
        }

        async Task<IResult> RefuseAsync(Refusal refusal, string? detail = null) => (await access.RecordAsync(asker, Operation, Action, refusal, detail)).Problem();
    }

    private static bool IsGround(string? ground) => ground is { Length: > 0 and <= MaxGround } && !string.IsNullOrWhiteSpace(ground) && !ground.Any(char.IsControl);

    private static async Task<ErasureRequest?> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType() || http.Request.ContentLength is null or > MaxRequestBytes)
        {
            return null;
        }

        try
        {
            return await http.Request.ReadFromJsonAsync<ErasureRequest>(http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record ErasureRequest(string? Subject, string? Ground, bool Force);
}
