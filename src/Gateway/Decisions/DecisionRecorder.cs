using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Keten.Contracts;
using Keten.DecisionLog;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Routing;
using Keten.Identity;
using Keten.Policy;
using Keten.Protocol.V1;

namespace Keten.Gateway.Decisions;

/// <summary>Step 4: the decision is on the record before anything is forwarded, and afterwards how the call ended. No log, no access.</summary>
internal sealed partial class DecisionRecorder(
    IDecisionLog log, IPolicyEngine engine, IParticipantRegistry participants, TimeProvider time, ILogger<DecisionRecorder> logger)
{
    /// <summary>What a record of a call says of where it was decided; only then did data travel.</summary>
    public const string EnforcementPoint = "gateway";

    private static readonly TimeSpan OutcomeTimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>Null when the record is durable; otherwise the refusal that takes the place of whatever was decided.</summary>
    public async ValueTask<Refused?> RecordAsync(Call call, Refused? refused)
    {
        try
        {
            await AppendAsync(call, refused);
            return null;
        }
        catch (BsnInRecordException problem)
        {
            Log.PersonalData(logger, call.DecisionId, problem.Field);
            return await RecordWithoutMetadataAsync(call);
        }
        catch (Exception problem)
        {
            return NotRecorded(call, problem);
        }
    }

    /// <summary>The caller put what may be a BSN in a header: refused, and the record keeps nothing the caller wrote.</summary>
    private async ValueTask<Refused> RecordWithoutMetadataAsync(Call call)
    {
        var refused = (Refused)Refusals.PersonalDataInMetadata;
        var bare = new Call(call.Http, call.DecisionId, call.StartedAt) { Caller = call.Caller, Target = call.Target, Operation = call.Operation };
        try
        {
            await AppendAsync(bare, refused);
            return refused;
        }
        catch (Exception problem)
        {
            return NotRecorded(call, problem);
        }
    }

    // Not cancelled with the call: a caller that hangs up leaves its record behind all the same.
    private ValueTask AppendAsync(Call call, Refused? refused) =>
        log.AppendAsync(new LogRecord { RecordedAt = Now(), Decision = Decision(call, refused) }, CancellationToken.None);

    /// <summary>Whatever went wrong: not on the log, no access. The log's own faults are told in full, of others the type.</summary>
    private Refused NotRecorded(Call call, Exception problem)
    {
        Log.NotRecorded(logger, call.DecisionId, problem is IOException ? problem.Message : problem.GetType().Name);
        return (Refused)Refusals.DecisionLogUnavailable;
    }

    public async ValueTask RecordOutcomeAsync(Call call)
    {
        try
        {
            // The answer goes out first: only the decision is awaited by the caller, not its aftermath.
            if (!call.Http.RequestAborted.IsCancellationRequested)
            {
                await call.Http.Response.CompleteAsync();
            }
        }
        catch (Exception problem) when (problem is IOException or InvalidOperationException)
        {
            // The target promised a length it did not keep, or the connection is gone. How the call ended goes on the record all the same.
            Log.AnswerNotCompleted(logger, call.DecisionId, problem.GetType().Name);
            call.Http.Abort();
        }

        using var limit = new CancellationTokenSource(OutcomeTimeLimit, time);
        try
        {
            try
            {
                await log.AppendAsync(new LogRecord { RecordedAt = Now(), Outcome = Outcome(call, withDisclosure: true) }, limit.Token);
            }
            catch (BsnInRecordException problem)
            {
                Log.PersonalDataFromTarget(logger, call.DecisionId, problem.Field);
                await log.AppendAsync(new LogRecord { RecordedAt = Now(), Outcome = Outcome(call, withDisclosure: false) }, limit.Token);
            }
        }
        catch (Exception problem)
        {
            Log.OutcomeNotRecorded(logger, call.DecisionId, problem is IOException ? problem.Message : problem.GetType().Name);
        }
    }

    private DecisionRecord Decision(Call call, Refused? refused)
    {
        var decision = call.Decision;
        var record = new DecisionRecord
        {
            DecisionId = call.DecisionId,
            TransactionId = call.TransactionId,
            TraceId = call.Trace.TraceId.ToHexString(),
            SpanId = call.Trace.SpanId.ToHexString(),
            ParentSpanId = call.Trace.Parent?.ToHexString() ?? "",
            Status = StatusOf(refused),
            Sources = Sources.Of(participants, call.View),
            EnforcementPoint = EnforcementPoint,
            Caller = Party(call.Caller),
            Target = Party(call.Target),
            Operation = call.Operation?.Path ?? "",
            Category = call.Operation?.Category ?? "",
            Action = call.Operation?.Action ?? "",
            Purpose = call.Purpose,
            Subject = call.Subject?.Value ?? "",
            Actor = call.Actor,
            ActorRole = call.ActorRole,
            CaseReference = call.CaseReference,
            AssertedFacts = ByteString.CopyFrom(call.Facts.Json.Span),
            Justification = call.Justification ?? "",
            CallerInvolved = call.CallerInvolved,
            TargetInvolved = call.TargetInvolved,
            CallerInvited = call.CallerInvited,
            Allowed = refused is null,
            ReasonCode = refused?.Code ?? decision?.ReasonCode ?? "",
            CallerCode = refused?.CallerCode ?? decision?.CallerCode ?? "",
            Rule = decision?.Rule ?? "",
            RetentionDays = decision?.RetentionDays ?? 0,
            BreakGlass = decision?.BreakGlass ?? false,
            PolicyRevision = decision?.Revision ?? engine.Revision,
            DecidedAt = Timestamp.FromDateTimeOffset(call.StartedAt),
            PolicyTime = call.PolicyTime,
        };
        if (call.RequestedFields is not null)
        {
            record.RequestedFields.Add(call.RequestedFields);
        }

        if (decision is not null)
        {
            record.Fields.Add(decision.Fields);
            record.Obligations.Add(decision.Obligations);
            record.LegalBasis.Add(decision.LegalBasis);
        }

        return record;
    }

    private OutcomeRecord Outcome(Call call, bool withDisclosure)
    {
        var outcome = new OutcomeRecord
        {
            DecisionId = call.DecisionId,
            GrpcStatus = CallOutcome.GrpcStatus(call.Http),
            HttpStatus = call.Http.Response.StatusCode,
            ReasonCode = CallOutcome.Reason(call.Http),
            DurationMicroseconds = (long)(time.GetUtcNow() - call.StartedAt).TotalMicroseconds,
            TraceId = Bytes(call.Trace.TraceId),
            SpanId = Bytes(call.Trace.SpanId),
            RequestBytes = call.Bodies?.RequestBytes ?? 0,
            ResponseBytes = call.Bodies?.ResponseBytes ?? 0,
        };
        if (withDisclosure && CallOutcome.Disclosure(call.Http) is { } disclosure)
        {
            outcome.Fields.Add(disclosure.Fields);
            outcome.Obligations.Add(disclosure.Obligations);
        }

        return outcome;
    }

    /// <summary>A refusal is no error; that nothing could be decided, for a fault on this side, is.</summary>
    internal static EvaluationStatus StatusOf(Refused? refused) =>
        refused?.Status is StatusCode.Unavailable or StatusCode.Internal ? EvaluationStatus.Error : EvaluationStatus.Unspecified;

    private static ByteString Bytes(ActivityTraceId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static ByteString Bytes(ActivitySpanId id)
    {
        Span<byte> bytes = stackalloc byte[8];
        id.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private Timestamp Now() => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private static Party? Party(Participant? participant) => participant is null ? null
        : new Party { Oin = participant.Oin.Value, OrganisationType = participant.OrganisationType, Status = participant.Status };

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Error, "Decision {DecisionId} could not be recorded, refused. {Problem}")]
        public static partial void NotRecorded(ILogger logger, string decisionId, string problem);

        [LoggerMessage(4003, LogLevel.Warning, "Decision {DecisionId}: {Field} holds what may be a BSN, refused")]
        public static partial void PersonalData(ILogger logger, string decisionId, string field);

        [LoggerMessage(4002, LogLevel.Error, "The outcome of decision {DecisionId} could not be recorded. {Problem}")]
        public static partial void OutcomeNotRecorded(ILogger logger, string decisionId, string problem);

        [LoggerMessage(4004, LogLevel.Warning, "The target's account of decision {DecisionId} holds what may be a BSN in {Field}; it was left off the record")]
        public static partial void PersonalDataFromTarget(ILogger logger, string decisionId, string field);

        [LoggerMessage(4005, LogLevel.Warning, "The answer to decision {DecisionId} could not be completed: {ProblemType}")]
        public static partial void AnswerNotCompleted(ILogger logger, string decisionId, string problemType);
    }
}
