using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>
/// A record as JSON in the form of the Dutch Authorization Decision Log 1.0.0 (ADL, level 4): question and answer in the body, what they rest on
/// as references in the attributes. What ADL has no name for is under <c>keten.*</c>.
/// </summary>
public static class AdlRendering
{
    private const string DecisionEvent = "adl.access_evaluation";
    private const string OutcomeEvent = "keten.call_outcome";
    private const string ReviewEvent = "keten.break_glass_review";
    private const string ErasureEvent = "keten.subject_erased";
    private const string RetirementEvent = "keten.records_retired";
    private const string SubjectIdType = "urn:nld:keten:pseudonym";

    /// <summary>Writes one JSON object. Only for decisions is it an ADL record; of outcomes, reviews, erasures and retirements it has the same shape, with an event name of our own.</summary>
    /// <param name="record">The record, opened where the keys are at hand.</param>
    /// <param name="writer">Where the object begins: at the root, in an array, or after a property name.</param>
    /// <param name="index">Index in the log, as <c>keten.log.index</c>; null leaves it out.</param>
    /// <param name="attributes">Writes attributes of the caller's own, such as a checkpoint; called within the object <c>attributes</c>.</param>
    public static void Write(LogRecord record, Utf8JsonWriter writer, long? index = null, Action<Utf8JsonWriter>? attributes = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        switch (record.RecordCase)
        {
            case LogRecord.RecordOneofCase.Decision:
                WriteHead(writer, record.Decision);
                break;
            case LogRecord.RecordOneofCase.Outcome:
                WriteHead(writer, record.Outcome, record);
                break;
            case LogRecord.RecordOneofCase.Review:
                WriteHead(writer, ReviewEvent, record.Review.ReviewedAt?.ToDateTimeOffset() ?? default, EvaluationStatus.Ok);
                break;
            case LogRecord.RecordOneofCase.SubjectErased:
                WriteHead(writer, ErasureEvent, record.SubjectErased.ErasedAt.ToDateTimeOffset(), EvaluationStatus.Ok);
                break;
            case LogRecord.RecordOneofCase.RecordsRetired:
                WriteHead(writer, RetirementEvent, record.RecordedAt?.ToDateTimeOffset() ?? default, EvaluationStatus.Ok);
                break;
            default:
                WriteHead(writer, "keten.unknown", record.RecordedAt?.ToDateTimeOffset() ?? default, EvaluationStatus.Unspecified);
                break;
        }

        writer.WriteStartObject("attributes"u8);
        WriteAttributes(writer, record);
        if (index is { } place)
        {
            writer.WriteNumber("keten.log.index"u8, place);
        }

        attributes?.Invoke(writer);
        writer.WriteEndObject();
        if (record.Decision is { } decided)
        {
            writer.WriteStartObject("body"u8);
            AdlBody.Write(writer, decided);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("resource"u8);
        writer.WriteString("service.name"u8, "keten-gateway"u8);
        WriteText(writer, "service.version"u8, record.Decision?.Sources?.GatewayVersion ?? "");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    internal static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0)
        {
            writer.WriteString(name, text);
        }
    }

    internal static void WriteList(Utf8JsonWriter writer, ReadOnlySpan<byte> name, RepeatedField<string> texts)
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

    private static void WriteHead(Utf8JsonWriter writer, DecisionRecord decision)
    {
        WriteText(writer, "trace_id"u8, decision.TraceId);
        WriteText(writer, "span_id"u8, decision.SpanId);
        WriteText(writer, "parent_span_id"u8, decision.ParentSpanId);
        WriteHead(writer, DecisionEvent, decision.DecidedAt?.ToDateTimeOffset() ?? default, decision.Status);
    }

    private static void WriteHead(Utf8JsonWriter writer, OutcomeRecord outcome, LogRecord record)
    {
        WriteText(writer, "trace_id"u8, Hex(outcome.TraceId));
        WriteText(writer, "span_id"u8, Hex(outcome.SpanId));
        WriteHead(writer, OutcomeEvent, record.RecordedAt?.ToDateTimeOffset() ?? default, EvaluationStatus.Unspecified);
    }

    private static void WriteHead(Utf8JsonWriter writer, string eventName, DateTimeOffset moment, EvaluationStatus status)
    {
        writer.WriteString("event_name"u8, eventName);
        writer.WriteNumber("timestamp"u8, moment.ToUnixTimeMilliseconds());
        writer.WriteString("status"u8, status switch
        {
            EvaluationStatus.Ok => "Ok"u8,
            EvaluationStatus.Error => "Error"u8,
            _ => "Unset"u8,
        });
    }

    private static void WriteAttributes(Utf8JsonWriter writer, LogRecord record)
    {
        switch (record.RecordCase)
        {
            case LogRecord.RecordOneofCase.Decision:
                WriteReferences(writer, record.Decision);
                WriteDecision(writer, record.Decision);
                break;
            case LogRecord.RecordOneofCase.Outcome:
                WriteOutcome(writer, record.Outcome);
                break;
            case LogRecord.RecordOneofCase.Review:
                WriteReview(writer, record.Review);
                break;
            case LogRecord.RecordOneofCase.SubjectErased:
                WriteErasure(writer, record.SubjectErased);
                break;
            case LogRecord.RecordOneofCase.RecordsRetired:
                writer.WriteNumber("keten.retirement.first_kept"u8, record.RecordsRetired.FirstKept);
                break;
        }

        if (record.SubjectKey != 0)
        {
            writer.WriteNumber("keten.subject.key"u8, record.SubjectKey);
            writer.WriteBoolean("keten.subject.sealed"u8, !record.Sealed.IsEmpty);
        }
    }

    private static void WriteReferences(Utf8JsonWriter writer, DecisionRecord decision)
    {
        if (decision.PolicyRevision.Length > 0)
        {
            writer.WriteStartObject("adl.core.policies"u8);
            writer.WriteString("keten"u8, decision.PolicyRevision);
            writer.WriteEndObject();
        }

        WriteInformation(writer, decision);
        if (decision.Sources is { GatewayVersion.Length: > 0 } program)
        {
            writer.WriteStartObject("adl.core.configuration"u8);
            writer.WriteString("keten-gateway"u8, program.GatewayVersion);
            writer.WriteEndObject();
        }

        WriteText(writer, "adl.fsc.transaction_id"u8, decision.TransactionId);
        if (decision.Subject.Length > 0)
        {
            writer.WriteString("dpl.core.data_subject_id"u8, decision.Subject);
            writer.WriteString("dpl.core.data_subject_id_type"u8, SubjectIdType);
        }
    }

    private static void WriteInformation(Utf8JsonWriter writer, DecisionRecord decision)
    {
        if (decision.PolicyTime.Length == 0 && decision.Sources is not { RegistryDigest.IsEmpty: false })
        {
            return;
        }

        writer.WriteStartObject("adl.core.information"u8);
        if (decision.Sources is { RegistryDigest.IsEmpty: false } known)
        {
            writer.WriteString("participants"u8, "sha256:" + Hex(known.RegistryDigest));
        }

        if (decision.Sources is { ViewOffset: > 0 } seen)
        {
            writer.WriteStartObject("keten.involvement-by-person.v1"u8);
            writer.WriteNumber("partition"u8, seen.ViewPartition);
            writer.WriteNumber("offset"u8, seen.ViewOffset);
            writer.WriteEndObject();
        }

        WriteText(writer, "context.time"u8, decision.PolicyTime);
        writer.WriteEndObject();
    }

    private static void WriteDecision(Utf8JsonWriter writer, DecisionRecord decision)
    {
        writer.WriteString("keten.decision.id"u8, decision.DecisionId);
        WriteText(writer, "keten.decision.enforcement_point"u8, decision.EnforcementPoint);
        WriteText(writer, "keten.decision.asked_by"u8, decision.AskedBy);
        WriteText(writer, "keten.decision.rule"u8, decision.Rule);
        WriteText(writer, "keten.decision.reason_code"u8, decision.ReasonCode);
        WriteText(writer, "keten.decision.caller_code"u8, decision.CallerCode);
        WriteText(writer, "keten.call.operation"u8, decision.Operation);
        WriteText(writer, "keten.call.case"u8, decision.CaseReference);
    }

    private static void WriteOutcome(Utf8JsonWriter writer, OutcomeRecord outcome)
    {
        writer.WriteString("keten.decision.id"u8, outcome.DecisionId);
        writer.WriteNumber("keten.outcome.grpc_status"u8, outcome.GrpcStatus);
        writer.WriteNumber("keten.outcome.http_status"u8, outcome.HttpStatus);
        WriteText(writer, "keten.outcome.reason_code"u8, outcome.ReasonCode);
        writer.WriteNumber("keten.outcome.duration_us"u8, outcome.DurationMicroseconds);
        writer.WriteNumber("keten.outcome.request_bytes"u8, outcome.RequestBytes);
        writer.WriteNumber("keten.outcome.response_bytes"u8, outcome.ResponseBytes);
        WriteList(writer, "keten.outcome.fields"u8, outcome.Fields);
        WriteList(writer, "keten.outcome.obligations"u8, outcome.Obligations);
    }

    private static void WriteReview(Utf8JsonWriter writer, ReviewRecord review)
    {
        writer.WriteString("keten.decision.id"u8, review.DecisionId);
        writer.WriteString("keten.review.verdict"u8, review.Verdict == ReviewVerdict.Accepted ? "accepted"u8 : "objected"u8);
        WriteText(writer, "keten.review.organisation"u8, review.Organisation);
        WriteText(writer, "keten.review.reviewer"u8, review.Reviewer);
        WriteText(writer, "keten.review.remark_code"u8, review.RemarkCode);
        WriteText(writer, "keten.review.remark"u8, review.Remark);
        WriteText(writer, "keten.review.access_decision_id"u8, review.AccessDecisionId);
    }

    private static void WriteErasure(Utf8JsonWriter writer, SubjectErased erased)
    {
        writer.WriteStartArray("keten.erasure.subject_keys"u8);
        foreach (var key in erased.SubjectKeys)
        {
            writer.WriteNumberValue(key);
        }

        writer.WriteEndArray();
        WriteText(writer, "keten.erasure.by"u8, erased.ErasedBy);
        WriteText(writer, "keten.erasure.ground"u8, erased.Ground);
        writer.WriteBoolean("keten.erasure.forced"u8, erased.Forced);
    }

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
