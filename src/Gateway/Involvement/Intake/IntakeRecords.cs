using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Events;
using Keten.Gateway.DecisionLog;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>Writes the decision on a report into the decision log. No log, no effect.</summary>
internal sealed class IntakeRecords(IDecisionLog log, IPolicyEngine policy, TimeProvider time)
{
    private const string EnforcementPoint = "intake";

    /// <summary>Completes when the record is durable.</summary>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public async Task<bool> AppendAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await log.AppendAsync(
            new LogRecord { RecordedAt = now.ToTimestamp(), Decision = Describe(report, verdict, now) }, cancellationToken);
        return true;
    }

    private DecisionRecord Describe(IncomingReport report, Verdict verdict, DateTimeOffset now)
    {
        var record = new DecisionRecord
        {
            DecisionId = verdict.DecisionId,
            EnforcementPoint = EnforcementPoint,
            Operation = EventTypes.InvolvementChanged,
            Caller = new Party { Oin = report.Owner.Value },
            Target = new Party { OrganisationType = PolicyParty.Gateway.OrganisationType, Status = PolicyParty.Gateway.Status },
            Category = InvolvementNames.Category,
            Allowed = verdict.Allowed,
            ReasonCode = verdict.ReasonCode,
            CallerCode = verdict.CallerCode,
            PolicyRevision = policy.Revision,
            DecidedAt = now.ToTimestamp(),
        };
        if (report.Event is { } change)
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
        record.Action = InvolvementNames.ActionOf(change.Change) ?? "";
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
