using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Keten.Protocol.V1;

namespace Keten.LogTools.Query;

/// <summary>Records as JSON for people and scripts; names as in <c>keten.log.v1</c>, in camel case. For other systems there is <c>keten log export</c>.</summary>
public static class RecordJson
{
    /// <summary>A decision with its outcome.</summary>
    public static void Write(Utf8JsonWriter writer, LoggedCall call)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(call);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, call.Decision.Index);
        writer.WriteString("at"u8, Moment(call.At));
        writer.WriteString("standing"u8, call.Standing.ToString().ToLowerInvariant());
        writer.WriteBoolean("open"u8, call.IsOpen);
        WriteSealed(writer, call.Decision.Record);
        WriteDecision(writer, call.Decided);
        if (call is { Outcome: { } entry, Ended: { } outcome })
        {
            writer.WriteStartObject("outcome"u8);
            writer.WriteNumber("index"u8, entry.Index);
            WriteOutcome(writer, outcome);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>One record as it is.</summary>
    public static void Write(Utf8JsonWriter writer, long index, LogRecord record)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(record);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WriteString("recordedAt"u8, Moment(record.RecordedAt?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch));
        writer.WriteString("kind"u8, KindOf(record));
        switch (record.RecordCase)
        {
            case LogRecord.RecordOneofCase.Decision:
                WriteSealed(writer, record);
                WriteDecision(writer, record.Decision);
                break;
            case LogRecord.RecordOneofCase.Outcome:
                WriteText(writer, "decisionId"u8, record.Outcome.DecisionId);
                WriteOutcome(writer, record.Outcome);
                break;
            case LogRecord.RecordOneofCase.Review:
                WriteSealed(writer, record);
                writer.WritePropertyName("review"u8);
                writer.WriteRawValue(JsonFormatter.Default.Format(record.Review));
                break;
            case LogRecord.RecordOneofCase.SubjectErased:
                writer.WritePropertyName("subjectErased"u8);
                writer.WriteRawValue(JsonFormatter.Default.Format(record.SubjectErased));
                break;
            case LogRecord.RecordOneofCase.RecordsRetired:
                writer.WritePropertyName("recordsRetired"u8);
                writer.WriteRawValue(JsonFormatter.Default.Format(record.RecordsRetired));
                break;
        }

        writer.WriteEndObject();
    }

    /// <summary>What kind of record: <c>decision</c>, <c>outcome</c>, ...</summary>
    public static string KindOf(LogRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return JsonNamingPolicy.CamelCase.ConvertName(record.RecordCase.ToString());
    }

    private static void WriteDecision(Utf8JsonWriter writer, DecisionRecord decision)
    {
        WriteText(writer, "decisionId"u8, decision.DecisionId);
        WriteText(writer, "enforcementPoint"u8, decision.EnforcementPoint);
        WriteText(writer, "askedBy"u8, decision.AskedBy);
        WriteParty(writer, "caller"u8, decision.Caller);
        WriteParty(writer, "target"u8, decision.Target);
        WriteText(writer, "operation"u8, decision.Operation);
        WriteText(writer, "category"u8, decision.Category);
        WriteText(writer, "action"u8, decision.Action);
        WriteText(writer, "purpose"u8, decision.Purpose);
        WriteText(writer, "subject"u8, decision.Subject);
        WriteText(writer, "actor"u8, decision.Actor);
        WriteText(writer, "actorRole"u8, decision.ActorRole);
        WriteText(writer, "caseReference"u8, decision.CaseReference);
        writer.WriteBoolean("allowed"u8, decision.Allowed);
        WriteText(writer, "reasonCode"u8, decision.ReasonCode);
        WriteText(writer, "callerCode"u8, decision.CallerCode);
        WriteText(writer, "rule"u8, decision.Rule);
        WriteList(writer, "requestedFields"u8, decision.RequestedFields);
        WriteList(writer, "fields"u8, decision.Fields);
        WriteList(writer, "obligations"u8, decision.Obligations);
        WriteList(writer, "legalBasis"u8, decision.LegalBasis);
        writer.WriteBoolean("breakGlass"u8, decision.BreakGlass);
        WriteText(writer, "justification"u8, decision.Justification);
        WriteText(writer, "policyRevision"u8, decision.PolicyRevision);
        WriteText(writer, "transactionId"u8, decision.TransactionId);
        WriteText(writer, "traceId"u8, decision.TraceId);
        WriteText(writer, "spanId"u8, decision.SpanId);
        WriteText(writer, "parentSpanId"u8, decision.ParentSpanId);
    }

    private static void WriteOutcome(Utf8JsonWriter writer, OutcomeRecord outcome)
    {
        writer.WriteNumber("grpcStatus"u8, outcome.GrpcStatus);
        writer.WriteNumber("httpStatus"u8, outcome.HttpStatus);
        WriteText(writer, "reasonCode"u8, outcome.ReasonCode);
        writer.WriteNumber("durationMicroseconds"u8, outcome.DurationMicroseconds);
        writer.WriteNumber("requestBytes"u8, outcome.RequestBytes);
        writer.WriteNumber("responseBytes"u8, outcome.ResponseBytes);
        WriteList(writer, "fields"u8, outcome.Fields);
        WriteList(writer, "obligations"u8, outcome.Obligations);
    }

    /// <summary>Only where it is so: subject, case, facts and justification, of a review the remark, are not shown then.</summary>
    private static void WriteSealed(Utf8JsonWriter writer, LogRecord record)
    {
        if (!record.Sealed.IsEmpty)
        {
            writer.WriteBoolean("subjectSealed"u8, true);
        }
    }

    private static void WriteParty(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Party? party)
    {
        if (party is not null)
        {
            writer.WriteStartObject(name);
            WriteText(writer, "oin"u8, party.Oin);
            WriteText(writer, "organisationType"u8, party.OrganisationType);
            writer.WriteEndObject();
        }
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteList(Utf8JsonWriter writer, ReadOnlySpan<byte> name, RepeatedField<string> texts)
    {
        if (texts.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (var text in texts)
            {
                writer.WriteStringValue(text);
            }

            writer.WriteEndArray();
        }
    }

    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
