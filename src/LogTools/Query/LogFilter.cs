using Keten.Protocol.V1;

namespace Keten.LogTools.Query;

/// <summary>Which calls are asked for. What is null asks for nothing; the rest must all hold.</summary>
public sealed record LogFilter
{
    /// <summary>Everything.</summary>
    public static LogFilter All { get; } = new();

    /// <summary>Decided at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Decided before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>OIN of the caller or of the target.</summary>
    public string? Participant { get; init; }

    /// <summary>Purpose id.</summary>
    public string? Purpose { get; init; }

    /// <summary>How the call stands.</summary>
    public CallStanding? Standing { get; init; }

    /// <summary>Exact code of the decision or of the outcome.</summary>
    public string? Reason { get; init; }

    /// <summary>Pseudonym of the person.</summary>
    public string? Subject { get; init; }

    /// <summary>Decision id.</summary>
    public string? DecisionId { get; init; }

    /// <summary>Path of the operation, or its last part: <c>GetPerson</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>Only what was opened in a crisis.</summary>
    public bool BreakGlass { get; init; }

    /// <summary>Whether the call is asked for.</summary>
    public bool Matches(LoggedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return MayMatch(call.Decision.Record)
            && (Standing is null || Standing == call.Standing)
            && (Reason is null || Reason == call.Decided.ReasonCode || Reason == call.Ended?.ReasonCode);
    }

    /// <summary>False: whatever the outcome is, the call is not asked for.</summary>
    internal bool MayMatch(LogRecord record)
    {
        var decision = record.Decision;
        var at = LoggedCall.AtOf(record);
        return (From is null || at >= From) && (To is null || at < To)
            && (DecisionId is null || DecisionId == decision.DecisionId)
            && (Participant is null || Participant == decision.Caller?.Oin || Participant == decision.Target?.Oin)
            && (Purpose is null || Purpose == decision.Purpose)
            && (Subject is null || Subject == decision.Subject)
            && (Operation is null || Operation == decision.Operation || Operation == MethodOf(decision.Operation))
            && (!BreakGlass || decision.BreakGlass);
    }

    internal static string MethodOf(string operation) => operation[(operation.LastIndexOf('/') + 1)..];
}
