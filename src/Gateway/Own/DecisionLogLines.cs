using System.Globalization;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Gateway.Decisions;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own;

/// <summary>A decision and its outcome as the person it is about is told of them (category <c>verwerkingen-log</c>).</summary>
public static class DecisionLogLines
{
    /// <summary>
    /// False for what told nobody anything about the person: a question beforehand (AuthZEN), which opens nothing, and a record without a person.
    /// </summary>
    public static bool IsAboutPerson(DecisionRecord decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return decision.Subject.Length > 0 && decision.EnforcementPoint is DecisionRecorder.EnforcementPoint or "intake";
    }

    // Refused while the metadata was read: what the caller asserted is not in the record.
    private static readonly string[] FactsNotRead = [Refusals.FactsInvalid.Code, Refusals.MetadataMalformed.Code];

    /// <summary>Informing the person was postponed for safety, or, for what was refused and carries no obligation, it may have been.</summary>
    public static bool IsUninformed(DecisionRecord decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return decision.Obligations.Contains(ObligationIds.InformSubjectWhenSafe) || (!decision.Allowed && MayBeExempt(decision));
    }

    /// <summary>The line, before any rule about what may be shown.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="outcome">How its call ended; null while it runs, or when that was never recorded.</param>
    public static ProcessingLine Of(DecisionRecord decision, OutcomeRecord? outcome)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var what = OutcomeOf(decision, outcome);
        var line = new ProcessingLine
        {
            DecisionId = decision.DecisionId,
            OccurredAt = decision.DecidedAt.ToDateTime().ToString("O", CultureInfo.InvariantCulture),
            RequestingOrganisation = decision.Caller?.Oin ?? "",
            ProvidingOrganisation = decision.Target?.Oin ?? "",
            Purpose = decision.Purpose,
            Category = decision.Category,
            Outcome = what,
            BreakGlass = decision.BreakGlass,
            Professional = decision.Actor,
        };
        line.LegalBasis.Add(decision.LegalBasis);
        if (what is "disclosed" or "delivered" or "unknown")
        {
            // What the target says it gave; without its word, what it was allowed to give.
            line.Fields.Add(outcome is { Fields.Count: > 0 } ended ? ended.Fields : decision.Fields);
        }

        return line;
    }

    private static bool MayBeExempt(DecisionRecord refused) =>
        FactsNotRead.Contains(refused.ReasonCode, StringComparer.Ordinal)
        || !CaseFacts.TryParse(refused.AssertedFacts.Memory, out var asserted, out _)
        || asserted.InformExemption is not (null or "none");

    private static string OutcomeOf(DecisionRecord decision, OutcomeRecord? outcome)
    {
        var given = decision.Action is "submit" or "update" or "convene" ? "delivered" : "disclosed";
        if (!decision.Allowed)
        {
            return "refused";
        }

        if (decision.EnforcementPoint != DecisionRecorder.EnforcementPoint)
        {
            return given;
        }

        return outcome?.GrpcStatus switch
        {
            null => "unknown",
            (int)StatusCode.OK => given,
            (int)StatusCode.PermissionDenied or (int)StatusCode.Unimplemented or (int)StatusCode.InvalidArgument => "refused",

            // A subscription that was cut off had given before.
            _ when outcome.Fields.Count > 0 => given,
            _ => "failed",
        };
    }
}
