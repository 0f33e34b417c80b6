namespace Keten.Gateway.Involvement.Intake;

/// <summary>Reason codes of reports that never reach the policy; the policy's own codes come from the register.</summary>
internal static class IntakeRefusals
{
    public const string TooLarge = "EVENT_TOO_LARGE";
    public const string Malformed = "EVENT_MALFORMED";
    public const string SourceMismatch = "EVENT_SOURCE_MISMATCH";
    public const string CallerNotInvolved = "CALLER_NOT_INVOLVED";
}
