using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.DecisionLog;
using Keten.Gateway.Decisions;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>Writes the decision on a report into the decision log. No log, no effect.</summary>
internal sealed class IntakeRecords(IDecisionLog log, IPolicyEngine policy, IParticipantRegistry participants, IInvolvementView view, TimeProvider time)
{
    /// <summary>What a record of a report says of where it was decided.</summary>
    public const string EnforcementPoint = "intake";

    private const string Erase = "erase";

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
    public Task<bool> AppendWithoutWordsAsync(IncomingReport report, Verdict verdict, CancellationToken cancellationToken) =>
        AppendOwnAsync(report.Owner, null, verdict, cancellationToken);

    /// <summary>That an organisation took back what it had reported: of whom, and under which purpose it was held. None of its own words.</summary>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public Task<bool> AppendErasureAsync(IncomingReport report, string purpose, Verdict verdict, CancellationToken cancellationToken) =>
        AppendOwnAsync(report.Owner, new InvolvementChanged { Change = Change.Erased, Subject = report.Person.Value, Purpose = purpose }, verdict, cancellationToken);

    private async Task<bool> AppendOwnAsync(Oin owner, InvolvementChanged? change, Verdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            await AppendAsync(owner, change, verdict, cancellationToken);
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
            Caller = PartyOf(owner),
            Target = new Party { OrganisationType = PolicyParty.Gateway.OrganisationType, Status = PolicyParty.Gateway.Status },
            Category = InvolvementNames.Category,
            Allowed = verdict.Allowed,
            ReasonCode = verdict.ReasonCode,
            CallerCode = verdict.CallerCode,
            PolicyRevision = policy.Revision,
            DecidedAt = now.ToTimestamp(),
            Sources = Sources.Of(participants, Pseudonym.TryParse(change?.Subject, out var person) ? view.PositionOf(person) : default),
        };
        var trace = CallTrace.Under(change?.Traceparent ?? "");
        record.TraceId = trace.TraceId.ToHexString();
        record.SpanId = trace.SpanId.ToHexString();
        record.ParentSpanId = trace.Parent?.ToHexString() ?? "";
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

    private Party PartyOf(Oin owner) => participants.TryGet(owner, out var participant)
        ? new Party { Oin = owner.Value, OrganisationType = participant.OrganisationType, Status = participant.Status } : new Party { Oin = owner.Value };

    private static void DescribeReport(DecisionRecord record, InvolvementChanged change)
    {
        record.Action = change.Change switch
        {
            Change.Erased => Erase,
            Change.Moved => Move,
            _ => InvolvementNames.ActionOf(change.Change) ?? "",
        };
        record.Purpose = change.Purpose;
        record.Subject = change.Subject;
        record.Actor = change.Actor;
        record.ActorRole = change.ActorRole;
        record.RequestedFields.Add(change.Fields);
        record.AssertedFacts = change.AssertedFacts;
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
