using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.DecisionLog;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>Writes the decision on a report into the decision log. No log, no effect.</summary>
internal sealed class IntakeRecords(IDecisionLog log, IPolicyEngine policy, TimeProvider time)
{
    private const string EnforcementPoint = "intake";

    // No operation of the register: nothing was decided.
    private const string Move = "move";

    /// <summary>Completes when the record is durable.</summary>
    /// <exception cref="BsnInRecordException">The report holds what may be a BSN: it is never logged.</exception>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public async Task<bool> AppendAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        await AppendAsync(report.Owner, report.Event, verdict, cancellationToken);
        return true;
    }

    /// <summary>As above, with nothing the reporter wrote.</summary>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public async Task<bool> AppendWithoutWordsAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            await AppendAsync(report.Owner, null, verdict, cancellationToken);
            return true;
        }
        catch (BsnInRecordException found)
        {
            // Ours, and no fault of the report: it waits until that is put right.
            throw new IOException($"The gateway's own part of a record cannot be logged: {found.Message}", found);
        }
    }

    private async Task AppendAsync(Oin owner, InvolvementChanged? change, Verdict verdict, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await log.AppendAsync(
            new LogRecord { RecordedAt = now.ToTimestamp(), Decision = Describe(owner, change, verdict, now) }, cancellationToken);
    }

    private DecisionRecord Describe(Oin owner, InvolvementChanged? change, Verdict verdict, DateTimeOffset now)
    {
        var record = new DecisionRecord
        {
            DecisionId = verdict.DecisionId,
            EnforcementPoint = EnforcementPoint,
            Operation = EventTypes.InvolvementChanged,
            Caller = new Party { Oin = owner.Value },
            Target = new Party { OrganisationType = PolicyParty.Gateway.OrganisationType, Status = PolicyParty.Gateway.Status },
            Category = InvolvementNames.Category,
            Allowed = verdict.Allowed,
            ReasonCode = verdict.ReasonCode,
            CallerCode = verdict.CallerCode,
            PolicyRevision = policy.Revision,
            DecidedAt = now.ToTimestamp(),
        };
        if (change is not null)
        {
            DescribeReport(record, change);
        }

        if (verdict is { Policy: { } decision, Input: { } input })
        {
            DescribeDecision(record, decision, input);
        }

        return record;
    }

    private static void DescribeReport(DecisionRecord record, InvolvementChanged change)
    {
        record.Action = InvolvementNames.ActionOf(change.Change) ?? (change.Change == Change.Moved ? Move : "");
        record.Purpose = change.Purpose;
        record.Subject = change.Subject;
        record.Actor = change.Actor;
        record.ActorRole = change.ActorRole;
        record.RequestedFields.Add(change.Fields);
        record.AssertedFacts = change.AssertedFacts;
        if (System.Diagnostics.ActivityContext.TryParse(change.Traceparent, null, out var trace))
        {
            record.TraceId = trace.TraceId.ToHexString();
            record.SpanId = trace.SpanId.ToHexString();
        }
    }

    private static void DescribeDecision(DecisionRecord record, PolicyDecision decision, PolicyInput input)
    {
        record.Caller.OrganisationType = input.Caller.OrganisationType;
        record.Caller.Status = input.Caller.Status;
        record.CallerInvolved = input.CallerInvolved;
        record.PolicyRevision = decision.Revision;
        record.Rule = decision.Rule;
        record.Fields.Add(decision.Fields);
        record.Obligations.Add(decision.Obligations);
        record.LegalBasis.Add(decision.LegalBasis);
        record.RetentionDays = decision.RetentionDays;
        record.BreakGlass = decision.BreakGlass;
        record.PolicyTime = input.Time;
    }
}
