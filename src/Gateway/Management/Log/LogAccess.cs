using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog;
using Keten.Gateway.Decisions;
using Keten.Gateway.Management.Access;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Gateway.Management.Log;

/// <summary>
/// Who may read the decision log through the gateway: a participant what concerns itself, an officer (<see cref="OperatorRoles.ReadLog"/>) all.
/// Every question is a decision of its own, allowed or refused, and durable before the answer (decision 46).
/// </summary>
internal sealed partial class LogAccess(IDecisionLog log, IParticipantRegistry participants, TimeProvider time, ILogger<LogAccess> logger)
{
    /// <summary>What a record of a question to the log says of where it was decided.</summary>
    public const string EnforcementPoint = "log";

    /// <summary>The actions there are.</summary>
    public const string Read = "read", Review = "review";

    private const string Category = "decision-log";
    private const string Allowed = "ALLOWED";

    /// <summary>Null when this one may read at all; what it then sees, <see cref="VisibleDecision"/> says.</summary>
    public static Refusal? RefuseToRead(Asker asker) =>
        asker.Organisation is not null || asker.HasOneOf(OperatorRoles.ReadLog) ? null : Refusals.LogRoleRequired;

    /// <summary>Records what was decided on a question. What cannot be recorded is refused.</summary>
    /// <param name="asker">Who asks.</param>
    /// <param name="operation">Method, path and what was asked for.</param>
    /// <param name="action"><see cref="Read"/> or <see cref="Review"/>.</param>
    /// <param name="refusal">Null: allowed.</param>
    /// <param name="detail">For the asker only.</param>
    public async Task<LogAnswer> RecordAsync(Asker asker, string operation, string action, Refusal? refusal, string? detail = null)
    {
        var record = Describe(asker, operation, action, refusal);
        try
        {
            await AppendAsync(record);
            return new LogAnswer(record.DecisionId, refusal, detail);
        }
        catch (BsnInRecordException problem)
        {
            Log.PersonalData(logger, record.DecisionId, problem.Field);
            var bare = operation.Split('?')[0];
            return bare == operation ? new LogAnswer(record.DecisionId, Refusals.LogQuestionInvalid, "It holds a number that may be a BSN.")
                : await RecordAsync(asker, bare, action, Refusals.LogQuestionInvalid, "It holds a number that may be a BSN.");
        }
        catch (IOException problem)
        {
            Log.NotRecorded(logger, record.DecisionId, problem.Message);
            return new LogAnswer(record.DecisionId, Refusals.DecisionLogUnavailable, null);
        }
    }

    // Not cancelled with the request: who hangs up leaves the record behind all the same.
    private ValueTask AppendAsync(DecisionRecord record) =>
        log.AppendAsync(new LogRecord { RecordedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()), Decision = record }, CancellationToken.None);

    private DecisionRecord Describe(Asker asker, string operation, string action, Refusal? refusal)
    {
        var now = time.GetUtcNow();
        var trace = CallTrace.Current();
        return new DecisionRecord
        {
            DecisionId = UuidV7.Create(now),
            TraceId = trace.TraceId.ToHexString(),
            SpanId = trace.SpanId.ToHexString(),
            ParentSpanId = trace.Parent?.ToHexString() ?? "",
            Sources = Sources.Of(participants, default),
            EnforcementPoint = EnforcementPoint,
            AskedBy = asker.Name,
            ActorRole = string.Join(' ', asker.Roles),
            Caller = asker.Organisation is { } own && participants.TryGet(own, out var participant)
                ? new Party { Oin = own.Value, OrganisationType = participant.OrganisationType, Status = participant.Status } : null,
            Operation = operation,
            Category = Category,
            Action = action,
            Allowed = refusal is null,
            ReasonCode = refusal?.Code ?? Allowed,
            CallerCode = refusal?.Code ?? Allowed,
            DecidedAt = Timestamp.FromDateTimeOffset(now),
            PolicyTime = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(3031, LogLevel.Warning, "Question to the log {DecisionId}: {Field} holds what may be a BSN, not answered")]
        public static partial void PersonalData(ILogger logger, string decisionId, string field);

        [LoggerMessage(3032, LogLevel.Error, "Question to the log {DecisionId} could not be recorded, so it was not answered. {Problem}")]
        public static partial void NotRecorded(ILogger logger, string decisionId, string problem);
    }
}
