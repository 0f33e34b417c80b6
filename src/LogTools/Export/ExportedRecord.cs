using System.Globalization;
using System.Text.Json;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.Protocol.V1;

namespace Keten.LogTools.Export;

/// <summary>
/// A record on its way to another system, with what ties it to its log: whoever has the stored record can hash it, and whoever has the log's key
/// can ask for a proof from that hash to the signed root.
/// </summary>
/// <param name="LogId">The log.</param>
/// <param name="Entry">The record.</param>
/// <param name="Checkpoint">The checkpoint over it; null when it was not sealed yet.</param>
internal sealed record ExportedRecord(Guid LogId, DecisionLogEntry Entry, Checkpoint? Checkpoint)
{
    public LogRecord Record => Entry.Record;

    public long Index => Entry.Index;

    /// <summary>SHA-256 of 0x00 and the stored record, base64 as in checkpoints and proofs.</summary>
    public string LeafHash { get; } = TreeHash.Leaf(Entry.Payload.Span).ToString();

    public DateTimeOffset At => (Record.Decision?.DecidedAt ?? Record.RecordedAt)?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;

    public string DecisionId => Record.Decision?.DecisionId ?? Record.Outcome?.DecisionId ?? Record.Review?.DecisionId ?? "";

    /// <summary>The properties that tie it to its log, within an object of the caller's.</summary>
    public void WriteChain(Utf8JsonWriter writer, string prefix)
    {
        writer.WriteString(prefix + "id", LogId);
        writer.WriteNumber(prefix + "leaf_index", Index);
        writer.WriteString(prefix + "leaf_hash", LeafHash);
        if (Checkpoint is { } checkpoint)
        {
            writer.WriteStartObject(prefix + "checkpoint");
            writer.WriteString("origin"u8, checkpoint.Origin);
            writer.WriteNumber("size"u8, checkpoint.Size);
            writer.WriteString("root"u8, checkpoint.Root.ToString());
            writer.WriteEndObject();
        }
    }

    /// <summary>The checkpoint in one line: origin, size, root.</summary>
    public string CheckpointText => Checkpoint is { } checkpoint
        ? string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Origin} {checkpoint.Size} {checkpoint.Root}") : "";
}
