namespace Keten.Gateway.Involvement.Intake;

/// <summary>Reason codes of reports that never reach the policy; the policy's own codes come from the register.</summary>
internal static class IntakeRefusals
{
    public const string TooLarge = "EVENT_TOO_LARGE";
    public const string Malformed = "EVENT_MALFORMED";
    public const string SourceMismatch = "EVENT_SOURCE_MISMATCH";

    /// <summary>Its organisation's clock is ahead: taken in, it would make true reports look like old ones.</summary>
    public const string TimeInFuture = "EVENT_TIME_IN_FUTURE";

    /// <summary>Another report with this version, or a later one, was taken in before.</summary>
    public const string VersionOutdated = "VERSION_OUTDATED";

    /// <summary>The policy's code (R11), on which M6 follows.</summary>
    public const string AgeOutOfRange = "AGE_OUT_OF_RANGE";
    public const string CallerNotInvolved = "CALLER_NOT_INVOLVED";
}
