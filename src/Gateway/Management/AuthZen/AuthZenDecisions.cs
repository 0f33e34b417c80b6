using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Decisions;
using Keten.Gateway.Involvement;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Management.AuthZen;

/// <summary>
/// Answers whether a call would be allowed, by the same policy and the same knowledge as the call itself, and records it: who asks often enough
/// learns as much as who calls.
/// </summary>
internal sealed partial class AuthZenDecisions(
    IPolicyEngine engine, IParticipantRegistry participants, IInvolvementView involvements, IDecisionLog log, TimeProvider time,
    ILogger<AuthZenDecisions> logger)
{
    private const string EnforcementPoint = "authzen";
    private const string Organisation = "organisation";

    /// <exception cref="AuthZenFaultException">The asker may not ask this, or it cannot be recorded; so it is not answered.</exception>
    public async Task<AuthZenAnswer> EvaluateAsync(AuthZenQuestion question, Asker asker, string operation, CancellationToken cancellationToken)
    {
        RefuseForOthers(question, asker);
        var now = time.GetUtcNow();
        var record = Describe(question, asker, operation, now);
        PolicyDecision? decision = null;
        var refused = Identify(question, record, out var input);
        if (refused is null)
        {
            (decision, refused) = await DecideAsync(input!, record.DecisionId, cancellationToken);
        }

        Complete(record, decision, refused);
        await AppendAsync(record);
        return Answer(record, decision, refused);
    }

    /// <summary>A participant asks for itself, an officer for any. Null, which is no question, passes.</summary>
    /// <exception cref="AuthZenFaultException">403.</exception>
    public void RefuseForOthers(AuthZenQuestion? question, Asker asker)
    {
        if (question is not null && !asker.MayAskFor(question.SubjectId))
        {
            Log.ForAnother(logger, asker.Name);
            throw new AuthZenFaultException(
                asker.IsOperator ? $"asking for organisations needs the role {string.Join(" or ", OperatorRoles.AskForAny)}"
                    : $"subject.id: a participant asks for itself only; expected {asker.Name}, the OIN of the certificate",
                StatusCodes.Status403Forbidden);
        }
    }

    /// <summary>Type and status come from the registry, involvement from the gateway's view.</summary>
    private Refused? Identify(AuthZenQuestion question, DecisionRecord record, out PolicyInput? input)
    {
        input = null;
        if (question.SubjectType != Organisation || !Oin.TryParse(question.SubjectId, out var callerOin) || !participants.TryGet(callerOin, out var caller))
        {
            return (Refused)Refusals.ParticipantUnknown;
        }

        Participant? target = null;
        if (question.Target.Length > 0 && !(Oin.TryParse(question.Target, out var targetOin) && participants.TryGet(targetOin, out target)))
        {
            return (Refused)Refusals.TargetUnknown;
        }

        var (from, to) = (Party(caller), target is null ? PolicyParty.Gateway : Party(target));
        record.Caller = Recorded(from);
        record.Target = Recorded(to);
        if (Pseudonym.TryParse(question.ResourceId, out var person))
        {
            record.Subject = person.Value;
            record.Sources = Sources.Of(participants, involvements.PositionOf(person));
            record.CallerInvolved = involvements.IsInvolved(callerOin, person, question.Purpose);
            record.CallerInvited = involvements.IsInvited(callerOin, person, question.Purpose);
            record.TargetInvolved = target is not null && involvements.IsInvolved(target.Oin, person, question.Purpose);
        }

        input = new PolicyInput
        {
            Caller = from, Target = to, Actor = question.Actor, ActorRole = question.Role, Purpose = question.Purpose, Category = question.ResourceType,
            Action = question.Action, Subject = record.Subject, RequestedFields = question.Fields, Facts = question.Facts,
            CallerInvolved = record.CallerInvolved, TargetInvolved = record.TargetInvolved, Invited = record.CallerInvited,
            Justification = question.Justification, Time = record.PolicyTime, TraceParent = question.TraceParent,
        };
        return null;
    }

    private async Task<(PolicyDecision? Decision, Refused? Refused)> DecideAsync(PolicyInput input, string decisionId, CancellationToken cancellationToken)
    {
        try
        {
            var decision = await engine.DecideAsync(input, cancellationToken);
            return (decision, !decision.Allow ? Refused.By(decision)
                : KnownObligations.FirstUnknown(decision) is null ? null : (Refused)Refusals.ObligationUnknown);
        }
        catch (PolicyUnavailableException problem)
        {
            Log.PolicyUnavailable(logger, decisionId, problem.Message);
            return (null, (Refused)Refusals.PolicyUnavailable);
        }
    }

    private DecisionRecord Describe(AuthZenQuestion question, Asker asker, string operation, DateTimeOffset now)
    {
        var record = new DecisionRecord
        {
            DecisionId = UuidV7.Create(now),
            EnforcementPoint = EnforcementPoint,
            AskedBy = asker.Name,
            Operation = operation,
            Category = question.ResourceType,
            Action = question.Action,
            Purpose = question.Purpose,
            Actor = question.Actor,
            ActorRole = question.Role,
            AssertedFacts = ByteString.CopyFrom(question.Facts.Json.Span),
            Justification = question.Justification ?? "",
            DecidedAt = Timestamp.FromDateTimeOffset(now),
            PolicyTime = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            Sources = Sources.Of(participants, default),
        };
        record.RequestedFields.Add(question.Fields ?? []);
        var trace = CallTrace.Under(question.TraceParent);
        record.TraceId = trace.TraceId.ToHexString();
        record.SpanId = trace.SpanId.ToHexString();
        record.ParentSpanId = trace.Parent?.ToHexString() ?? "";
        return record;
    }

    private void Complete(DecisionRecord record, PolicyDecision? decision, Refused? refused)
    {
        record.Allowed = refused is null;
        record.ReasonCode = refused?.Code ?? decision!.ReasonCode;
        record.CallerCode = refused?.CallerCode ?? decision!.CallerCode;
        record.Status = DecisionRecorder.StatusOf(refused);
        record.PolicyRevision = decision?.Revision ?? engine.Revision;
        if (decision is not null)
        {
            record.Rule = decision.Rule;
            record.Fields.Add(decision.Fields);
            record.Obligations.Add(decision.Obligations);
            record.LegalBasis.Add(decision.LegalBasis);
            record.RetentionDays = decision.RetentionDays;
            record.BreakGlass = decision.BreakGlass;
        }
    }

    private async Task AppendAsync(DecisionRecord record)
    {
        try
        {
            // Not cancelled with the request: who hangs up leaves the record behind all the same.
            await log.AppendAsync(new LogRecord { RecordedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()), Decision = record }, CancellationToken.None);
        }
        catch (BsnInRecordException problem)
        {
            Log.PersonalData(logger, record.DecisionId, problem.Field);
            throw new AuthZenFaultException(Refusals.PersonalDataInMetadata.English);
        }
        catch (IOException problem)
        {
            Log.NotRecorded(logger, record.DecisionId, problem.Message);
            throw new AuthZenFaultException(Refusals.DecisionLogUnavailable.English, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static AuthZenAnswer Answer(DecisionRecord record, PolicyDecision? decision, Refused? refused) => refused is null
        ? new AuthZenAnswer(true, new AuthZenAnswer.Details(
            record.DecisionId, record.PolicyRevision, Fields: decision!.Fields, Obligations: [.. decision.Obligations.Select(Obligation)],
            LegalBasis: decision.LegalBasis, RetentionDays: decision.RetentionDays, BreakGlass: decision.BreakGlass))
        : new AuthZenAnswer(false, new AuthZenAnswer.Details(
            record.DecisionId, record.PolicyRevision,
            ReasonAdmin: new Dictionary<string, string> { [refused.CallerCode] = refused.English },
            ReasonUser: new Dictionary<string, string> { ["nl"] = refused.Dutch, ["en"] = refused.English }));

    private static AuthZenAnswer.Obligation Obligation(string id) =>
        new(id, id.StartsWith("notify-", StringComparison.Ordinal) ? "notification" : "custom");

    private static PolicyParty Party(Participant participant) => new(participant.Oin.Value, participant.OrganisationType, participant.Status);

    private static Party Recorded(PolicyParty party) => new() { Oin = party.Oin, OrganisationType = party.OrganisationType, Status = party.Status };

    private static partial class Log
    {
        [LoggerMessage(3021, LogLevel.Error, "Question {DecisionId}: the policy gave no answer, answered no. {Problem}")]
        public static partial void PolicyUnavailable(ILogger logger, string decisionId, string problem);

        [LoggerMessage(3022, LogLevel.Warning, "Question {DecisionId}: {Field} holds what may be a BSN, not answered")]
        public static partial void PersonalData(ILogger logger, string decisionId, string field);

        [LoggerMessage(3024, LogLevel.Warning, "{Asker} asked beforehand for another organisation; refused")]
        public static partial void ForAnother(ILogger logger, string asker);

        [LoggerMessage(3023, LogLevel.Error, "Question {DecisionId} could not be recorded, not answered. {Problem}")]
        public static partial void NotRecorded(ILogger logger, string decisionId, string problem);
    }
}
