using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Keten.Protocol.V1;

namespace Keten.LogTools.Export;

/// <summary>One record as a document of the Elastic Common Schema; what ECS has no name for is under <c>keten</c>.</summary>
internal static class EcsDocument
{
    private const string Version = "8.17.0";

    public static void Write(ExportedRecord exported, Utf8JsonWriter writer)
    {
        var record = exported.Record;
        writer.WriteStartObject();
        writer.WriteString("@timestamp"u8, exported.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.WriteStartObject("ecs"u8);
        writer.WriteString("version"u8, Version);
        writer.WriteEndObject();
        WriteEvent(exported, writer);
        if (record.Decision is { } decision)
        {
            WriteDecision(decision, writer);
        }

        WriteTrace(record, writer);
        WriteOwn(exported, writer);
        writer.WriteEndObject();
    }

    private static void WriteEvent(ExportedRecord exported, Utf8JsonWriter writer)
    {
        var record = exported.Record;
        writer.WriteStartObject("event"u8);
        writer.WriteString("kind"u8, "event"u8);
        writer.WriteString("module"u8, "keten"u8);
        writer.WriteString("dataset"u8, "keten.decisions"u8);
        writer.WriteString("provider"u8, "keten-gateway"u8);
        writer.WriteString("id"u8, string.Create(CultureInfo.InvariantCulture, $"{exported.LogId}:{exported.Index}"));
        writer.WriteNumber("sequence"u8, exported.Index);
        writer.WriteString("hash"u8, exported.LeafHash);
        writer.WriteStartArray("category"u8);
        writer.WriteStringValue("api"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("type"u8);
        switch (record)
        {
            case { Decision: { } decision }:
                writer.WriteStringValue("access"u8);
                writer.WriteStringValue(decision.Allowed ? "allowed"u8 : decision.Status == EvaluationStatus.Error ? "error"u8 : "denied"u8);
                writer.WriteEndArray();
                Text(writer, "action"u8, decision.Action);
                Text(writer, "code"u8, decision.ReasonCode);
                writer.WriteString("outcome"u8, decision.Allowed ? "success"u8 : "failure"u8);
                break;
            case { Outcome: { } outcome }:
                writer.WriteStringValue("end"u8);
                writer.WriteEndArray();
                Text(writer, "code"u8, outcome.ReasonCode);
                writer.WriteString("outcome"u8, outcome.ReasonCode.Length == 0 && outcome.GrpcStatus == 0 ? "success"u8 : "failure"u8);
                writer.WriteNumber("duration"u8, outcome.DurationMicroseconds * 1000);
                break;
            default:
                writer.WriteStringValue("admin"u8);
                writer.WriteEndArray();
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteDecision(DecisionRecord decision, Utf8JsonWriter writer)
    {
        if (decision.Caller is { } caller)
        {
            writer.WriteStartObject("organization"u8);
            writer.WriteString("id"u8, caller.Oin);
            writer.WriteEndObject();
        }

        if (decision.Actor.Length > 0)
        {
            writer.WriteStartObject("user"u8);
            writer.WriteString("id"u8, decision.Actor);
            writer.WriteStartArray("roles"u8);
            writer.WriteStringValue(decision.ActorRole);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteStartObject("rule"u8);
        Text(writer, "id"u8, decision.Rule);
        writer.WriteString("ruleset"u8, "keten"u8);
        Text(writer, "version"u8, decision.PolicyRevision);
        writer.WriteEndObject();
    }

    private static void WriteTrace(LogRecord record, Utf8JsonWriter writer)
    {
        Id(writer, "trace"u8, record.Decision?.TraceId ?? Hex(record.Outcome?.TraceId));
        Id(writer, "span"u8, record.Decision?.SpanId ?? Hex(record.Outcome?.SpanId));
        Id(writer, "transaction"u8, record.Decision?.TransactionId ?? "");
    }

    private static void WriteOwn(ExportedRecord exported, Utf8JsonWriter writer)
    {
        var record = exported.Record;
        writer.WriteStartObject("keten"u8);
        writer.WriteStartObject("log"u8);
        exported.WriteChain(writer, "");
        writer.WriteEndObject();
        writer.WriteStartObject("decision"u8);
        Text(writer, "id"u8, exported.DecisionId);
        if (record.Decision is { } decision)
        {
            Text(writer, "enforcement_point"u8, decision.EnforcementPoint);
            Text(writer, "purpose"u8, decision.Purpose);
            Text(writer, "category"u8, decision.Category);
            Text(writer, "operation"u8, decision.Operation);
            Text(writer, "caller_type"u8, decision.Caller?.OrganisationType ?? "");
            Text(writer, "target_oin"u8, decision.Target?.Oin ?? "");
            Text(writer, "target_type"u8, decision.Target?.OrganisationType ?? "");
            Text(writer, "subject"u8, decision.Subject);
            Text(writer, "case"u8, decision.CaseReference);
            Text(writer, "caller_code"u8, decision.CallerCode);
            List(writer, "fields"u8, decision.Fields);
            List(writer, "obligations"u8, decision.Obligations);
            List(writer, "legal_basis"u8, decision.LegalBasis);
            writer.WriteBoolean("break_glass"u8, decision.BreakGlass);
        }

        writer.WriteEndObject();
        if (record.Outcome is { } outcome)
        {
            writer.WriteStartObject("outcome"u8);
            writer.WriteNumber("grpc_status"u8, outcome.GrpcStatus);
            writer.WriteNumber("http_status"u8, outcome.HttpStatus);
            writer.WriteNumber("request_bytes"u8, outcome.RequestBytes);
            writer.WriteNumber("response_bytes"u8, outcome.ResponseBytes);
            List(writer, "fields"u8, outcome.Fields);
            writer.WriteEndObject();
        }

        if (record.SubjectKey != 0)
        {
            writer.WriteNumber("subject_key"u8, record.SubjectKey);
        }

        writer.WriteEndObject();
    }

    private static void Id(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string id)
    {
        if (id.Length > 0)
        {
            writer.WriteStartObject(name);
            writer.WriteString("id"u8, id);
            writer.WriteEndObject();
        }
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0)
        {
            writer.WriteString(name, text);
        }
    }

    private static void List(Utf8JsonWriter writer, ReadOnlySpan<byte> name, RepeatedField<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static string Hex(ByteString? bytes) => bytes is null ? "" : Convert.ToHexStringLower(bytes.Span);
}
