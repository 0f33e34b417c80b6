using Keten.DecisionLog;
using Keten.Protocol.V1;

namespace Keten.LogTools.Query;

/// <summary>A decision and how its call ended: two records of one log, joined.</summary>
/// <param name="Decision">The entry of the decision.</param>
/// <param name="Outcome">The entry of its outcome; null when nothing was forwarded, or the end is not on the log.</param>
public sealed record LoggedCall(DecisionLogEntry Decision, DecisionLogEntry? Outcome)
{
    private const string Forwarding = "gateway";

    /// <summary>What was decided.</summary>
    public DecisionRecord Decided => Decision.Record.Decision;

    /// <summary>How it ended; null as <see cref="Outcome"/>.</summary>
    public OutcomeRecord? Ended => Outcome?.Record.Outcome;

    /// <summary>Permitted, and its end is not on the log: it still runs, or the gateway stopped before.</summary>
    public bool IsOpen => Outcome is null && AwaitsOutcome(Decided);

    /// <summary>How it stands.</summary>
    public CallStanding Standing => StandingOf(Decided, Ended);

    /// <summary>What tells of the person cannot be opened: the keys are not at hand here, or the person was erased.</summary>
    public bool IsSealed => !Decision.Record.Sealed.IsEmpty;

    /// <summary>When it was decided; when that is not known, when it was recorded.</summary>
    public DateTimeOffset At => AtOf(Decision.Record);

    /// <summary>Only a permitted call is forwarded, and only what was forwarded ends.</summary>
    internal static bool AwaitsOutcome(DecisionRecord decision) => decision.Allowed && decision.EnforcementPoint == Forwarding;

    internal static CallStanding StandingOf(DecisionRecord decision, OutcomeRecord? outcome) =>
        !decision.Allowed ? decision.Status == EvaluationStatus.Error ? CallStanding.Failed : CallStanding.Refused
        : outcome is not null && !EndedWell(outcome) ? CallStanding.Failed : CallStanding.Allowed;

    private static bool EndedWell(OutcomeRecord outcome) => outcome.ReasonCode.Length == 0 && outcome.GrpcStatus == 0;

    internal static DateTimeOffset AtOf(LogRecord record) =>
        (record.Decision?.DecidedAt ?? record.RecordedAt)?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;
}
