using Keten.Gateway.Decisions;
using Keten.Gateway.Management.Access;
using Keten.Protocol.V1;

namespace Keten.Gateway.Management.Log;

/// <summary>
/// What of a decision somebody sees who reads the log through the gateway. An officer: all. A participant: decisions it took part in, and of them only
/// the fields named here, so that a field that is added later is shown to nobody before somebody thought about it.
/// </summary>
internal static class VisibleDecision
{
    /// <summary>Null when it is not for this one to see.</summary>
    public static DecisionRecord? To(Asker asker, DecisionRecord decision) =>
        asker.Organisation is not { } own ? decision
        : decision.EnforcementPoint is "authzen" or LogAccess.EnforcementPoint ? decision.AskedBy == own.Value ? ToCaller(decision) : null
        : decision.Caller?.Oin == own.Value ? ToCaller(decision)
        : decision.Target?.Oin == own.Value && Arrived(decision) ? ToTarget(decision)
        : null;

    // What was refused never came to the target: that the other asked, and about whom, is not for it to know.
    private static bool Arrived(DecisionRecord decision) => decision is { Allowed: true, EnforcementPoint: DecisionRecorder.EnforcementPoint };

    /// <summary>Its own question, with the answer as it was told (R22): the exact reason can be whether the target knows the person.</summary>
    private static DecisionRecord ToCaller(DecisionRecord decision)
    {
        var shown = ToBoth(decision);
        shown.EnforcementPoint = decision.EnforcementPoint;
        shown.AskedBy = decision.AskedBy;
        shown.Actor = decision.Actor;
        shown.CaseReference = decision.CaseReference;
        shown.Justification = decision.Justification;
        shown.AssertedFacts = decision.AssertedFacts;
        shown.CallerInvolved = decision.CallerInvolved;
        shown.CallerInvited = decision.CallerInvited;
        return shown;
    }

    /// <summary>What came to it; who it was at the other side stays there.</summary>
    private static DecisionRecord ToTarget(DecisionRecord decision)
    {
        var shown = ToBoth(decision);
        shown.EnforcementPoint = decision.EnforcementPoint;
        shown.Justification = decision.BreakGlass ? decision.Justification : "";
        return shown;
    }

    private static DecisionRecord ToBoth(DecisionRecord decision) => new()
    {
        DecisionId = decision.DecisionId,
        TransactionId = decision.TransactionId,
        TraceId = decision.TraceId,
        SpanId = decision.SpanId,
        Caller = decision.Caller,
        Target = decision.Target,
        Operation = decision.Operation,
        Category = decision.Category,
        Action = decision.Action,
        Purpose = decision.Purpose,
        Subject = decision.Subject,
        ActorRole = decision.ActorRole,
        RequestedFields = { decision.RequestedFields },
        Allowed = decision.Allowed,
        ReasonCode = decision.CallerCode,
        CallerCode = decision.CallerCode,
        Fields = { decision.Fields },
        Obligations = { decision.Obligations },
        LegalBasis = { decision.LegalBasis },
        RetentionDays = decision.RetentionDays,
        BreakGlass = decision.BreakGlass,
        PolicyRevision = decision.PolicyRevision,
        DecidedAt = decision.DecidedAt,
    };
}
