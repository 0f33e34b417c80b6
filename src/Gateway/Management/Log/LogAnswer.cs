using Keten.Contracts;

namespace Keten.Gateway.Management.Log;

/// <summary>What was decided on a question to the log, and recorded.</summary>
/// <param name="DecisionId">The record of it; of no use when it could not be recorded.</param>
/// <param name="Refusal">Why not; null: it may be answered.</param>
/// <param name="Detail">What exactly is wrong, without a value from the request.</param>
internal sealed record LogAnswer(string DecisionId, Refusal? Refusal, string? Detail)
{
    /// <summary>A refusal as HTTP.</summary>
    public IResult Problem() => Results.Problem(
        Detail is null ? Refusal!.English : $"{Refusal!.English} {Detail}", title: Refusal!.Code,
        statusCode: Refusal!.Status switch
        {
            Grpc.Core.StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
            Grpc.Core.StatusCode.NotFound => StatusCodes.Status404NotFound,
            Grpc.Core.StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
            Grpc.Core.StatusCode.AlreadyExists or Grpc.Core.StatusCode.FailedPrecondition => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status503ServiceUnavailable,
        },
        extensions: new Dictionary<string, object?> { ["code"] = Refusal!.Code, ["decisionId"] = DecisionId });
}
