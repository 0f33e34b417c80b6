using System.Buffers;
using System.Globalization;
using System.Text;
using Keten.Protocol.V1;

namespace Keten.LogTools.Export;

/// <summary>
/// One record as ArcSight Common Event Format, version 0. What came from a caller is escaped, so that no text begins a line, a header field or an
/// extension of its own.
/// </summary>
internal static class CefLine
{
    private const string Version = "0.1.0";

    public static void Write(ExportedRecord exported, IBufferWriter<byte> line)
    {
        var (id, name, severity) = Head(exported.Record);
        var text = new StringBuilder(1024).Append("CEF:0|KetenGateway|KetenGateway|").Append(Version).Append('|')
            .Append(Header(id)).Append('|').Append(Header(name)).Append('|').Append(severity.ToString(CultureInfo.InvariantCulture)).Append('|');
        var fields = new Extension(text);
        fields.Add("rt", exported.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        fields.Add("externalId", exported.DecisionId);
        switch (exported.Record)
        {
            case { Decision: { } decision }:
                Write(decision, fields);
                break;
            case { Outcome: { } outcome }:
                fields.Add("outcome", outcome.ReasonCode.Length == 0 && outcome.GrpcStatus == 0 ? "ended" : "failed");
                fields.Add("reason", outcome.ReasonCode);
                fields.Add("cn2", outcome.DurationMicroseconds.ToString(CultureInfo.InvariantCulture), "durationMicroseconds");
                fields.Add("in", outcome.RequestBytes.ToString(CultureInfo.InvariantCulture));
                fields.Add("out", outcome.ResponseBytes.ToString(CultureInfo.InvariantCulture));
                break;
            case { Review: { } review }:
                fields.Add("outcome", review.Verdict.ToString());
                fields.Add("suser", review.Reviewer);
                break;
        }

        fields.Add("deviceExternalId", exported.LogId.ToString());
        fields.Add("cn1", exported.Index.ToString(CultureInfo.InvariantCulture), "leafIndex");
        fields.Add("cs5", exported.LeafHash, "leafHash");
        fields.Add("cs6", exported.CheckpointText, "checkpoint");
        var length = Encoding.UTF8.GetByteCount(text.ToString());
        Encoding.UTF8.GetBytes(text.ToString(), line.GetSpan(length));
        line.Advance(length);
    }

    private static void Write(DecisionRecord decision, Extension fields)
    {
        fields.Add("act", decision.Action);
        fields.Add("outcome", decision.Allowed ? "allowed" : decision.Status == EvaluationStatus.Error ? "failed" : "refused");
        fields.Add("reason", decision.ReasonCode);
        fields.Add("request", decision.Operation);
        fields.Add("suid", decision.Actor);
        fields.Add("spriv", decision.ActorRole);
        fields.Add("duid", decision.Subject);
        fields.Add("cs1", decision.Purpose, "purpose");
        fields.Add("cs2", decision.Caller?.Oin ?? "", "callerOin");
        fields.Add("cs3", decision.Target?.Oin ?? "", "targetOin");
        fields.Add("cs4", decision.Rule, "rule");
        fields.Add("flexString1", decision.TraceId, "traceId");
        fields.Add("flexString2", decision.TransactionId, "transactionId");
        fields.Add("msg", decision.BreakGlass ? "break-glass" : "");
    }

    private static (string Id, string Name, int Severity) Head(LogRecord record) => record switch
    {
        { Decision: { BreakGlass: true, Allowed: true } decision } => (decision.ReasonCode, "Access opened in a crisis", 8),
        { Decision: { Allowed: true } decision } => (decision.ReasonCode, "Access allowed", 1),
        { Decision: { Status: EvaluationStatus.Error } decision } => (decision.ReasonCode, "Access not decided", 7),
        { Decision: { } decision } => (decision.ReasonCode, "Access refused", 4),
        { Outcome: { ReasonCode: "", GrpcStatus: 0 } } => ("OUTCOME", "Call ended", 1),
        { Outcome: { } } => ("OUTCOME", "Call failed", 5),
        { Review: { } } => ("REVIEW", "Break-glass reviewed", 3),
        { SubjectErased: { } } => ("SUBJECT_ERASED", "Subject erased", 5),
        { RecordsRetired: { } } => ("RECORDS_RETIRED", "Records past retention removed", 3),
        _ => ("RECORD", "Record", 1),
    };

    private static string Header(string text) => Escape(text, '|', lineFeed: " ");

    /// <summary>Backslash and one more character are escaped; a line break and what else steers a reader never gets through.</summary>
    private static string Escape(string text, char special, string lineFeed)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => escaped.Append(@"\\"),
                '\n' or '\r' => escaped.Append(lineFeed),
                '\u0085' or '\u2028' or '\u2029' => escaped.Append(lineFeed),
                _ when character == special => escaped.Append('\\').Append(character),
                _ when char.IsControl(character) => escaped.Append('\uFFFD'),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    private readonly struct Extension(StringBuilder text)
    {
        public void Add(string key, string value, string? label = null)
        {
            if (value.Length == 0)
            {
                return;
            }

            if (text[^1] != '|')
            {
                text.Append(' ');
            }

            text.Append(key).Append('=').Append(Escape(value, '=', lineFeed: @"\n"));
            if (label is not null)
            {
                text.Append(' ').Append(key).Append("Label=").Append(label);
            }
        }
    }
}
