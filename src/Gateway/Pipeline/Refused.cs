using Grpc.Core;
using Keten.Contracts;
using Keten.Policy;

namespace Keten.Gateway.Pipeline;

/// <summary>Why a call goes no further. Whether the exact code may be shown belongs to the refusal itself, so no step can get it wrong.</summary>
/// <param name="Code">The exact code, for the decision log.</param>
/// <param name="CallerCode">What the caller is told.</param>
/// <param name="Status">gRPC status.</param>
/// <param name="English">Text for the caller.</param>
/// <param name="Dutch">The same in Dutch.</param>
internal sealed record Refused(string Code, string CallerCode, StatusCode Status, string English, string Dutch)
{
    public static explicit operator Refused(Refusal refusal) =>
        new(refusal.Code, refusal.Code, refusal.Status, refusal.English, refusal.Dutch);

    /// <summary>The policy's denial. Rules R1, R2 and R5 are about a malformed question; the others about permission.</summary>
    public static Refused By(PolicyDecision decision) => new(
        decision.ReasonCode,
        decision.CallerCode,
        decision.CallerCode is "INPUT_INVALID" || decision.CallerCode.StartsWith("UNKNOWN_", StringComparison.Ordinal)
            ? StatusCode.InvalidArgument : StatusCode.PermissionDenied,
        decision.CallerTextEn,
        decision.CallerTextNl);
}
