using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>
/// One line of the Logboek dataverwerkingen (LDV 1.0.0): one processing, one person at most, no employee. Written as JSON with the standard's own
/// names.
/// </summary>
/// <param name="Span">Place in the trace.</param>
/// <param name="Status"><c>Ok</c>, <c>Unset</c> (a correct no) or <c>Error</c> (a fault of ours).</param>
/// <param name="Name">What was done, for people.</param>
/// <param name="StartTime">Unix time in milliseconds.</param>
/// <param name="EndTime">When it was on record, in milliseconds; an answer leaves after it.</param>
/// <param name="ProcessingActivityId">URI of the entry in the register of processing activities (AVG 30).</param>
/// <param name="DataSubjectId">Pseudonym; empty when the processing is about no person.</param>
/// <param name="Processor">URN of the application of somebody else that called; empty when none did.</param>
/// <param name="DecisionId">Ties the line to the gateway's decision log; empty when there is none.</param>
public sealed record LogbookLine(
    TraceSpan Span, string Status, string Name, long StartTime, long EndTime, string ProcessingActivityId, string DataSubjectId, string Processor,
    string DecisionId)
{
    /// <summary>What <c>dpl.core.data_subject_id</c> is: a name in the federation's pseudonym space, key id included.</summary>
    public const string SubjectIdType = "urn:keten:pseudonym";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line as one JSON object.</summary>
    /// <param name="controller">URN of the organisation whose logbook this is.</param>
    public string ToJson(string controller)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("trace_id", Span.TraceId);
            writer.WriteString("span_id", Span.SpanId);
            WriteUnlessEmpty(writer, "parent_span_id", Span.ParentSpanId);
            writer.WriteString("status", Status);
            writer.WriteString("name", Name);
            writer.WriteNumber("start_time", StartTime);
            writer.WriteNumber("end_time", EndTime);
            WriteAttributes(writer);
            writer.WriteStartObject("resource");
            writer.WriteStartObject("attributes");
            writer.WriteString("service.name", "keten-adapter");
            writer.WriteString("service.namespace", controller);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteAttributes(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("attributes");
        writer.WriteString("dpl.core.processing_activity_id", ProcessingActivityId);
        if (DataSubjectId.Length > 0)
        {
            writer.WriteString("dpl.core.data_subject_id", DataSubjectId);
            writer.WriteString("dpl.core.data_subject_id_type", SubjectIdType);
        }

        WriteUnlessEmpty(writer, "dpl.core.foreign_operation.processor", Processor);
        WriteUnlessEmpty(writer, "dpl.keten.decision_id", DecisionId);
        writer.WriteEndObject();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, string name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }
}
