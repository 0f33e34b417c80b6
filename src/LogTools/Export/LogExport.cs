using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.LogTools.Query;

namespace Keten.LogTools.Export;

/// <summary>Writes a log for another system, a record a line, in order, so that it can be gone on with after the last line that arrived.</summary>
public static class LogExport
{
    // A line feed in a text is escaped by JSON itself; the rest may stay readable.
    private static readonly JsonWriterOptions Lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes all records after one.</summary>
    /// <param name="directory">The directory of one gateway's log.</param>
    /// <param name="format">What to write.</param>
    /// <param name="output">UTF-8, a line feed after each record.</param>
    /// <param name="after">Index of the last record the other system has; -1 for none.</param>
    /// <param name="openSubjects">What tells of a person too, where the keys are at hand. It then lives on in the other system when the person is erased here.</param>
    /// <param name="onTornTail">As for <see cref="DecisionLogReader"/>.</param>
    /// <param name="cancellationToken">Stops between two lines.</param>
    /// <exception cref="DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public static ExportReport Write(
        string directory, ExportFormat format, Stream output, long after, bool openSubjects, Action<TornTail>? onTornTail, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (LogHead.Read(directory) is not { } log)
        {
            return new ExportReport(null, after, 0, 0);
        }

        var covering = ReadCheckpoint(directory);
        var line = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(line, Lines);
        var (last, records, covered) = (after, 0L, 0L);
        foreach (var entry in DecisionLogReader.ReadEntries(directory, after + 1, onTornTail, openSubjects))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var record = new ExportedRecord(log.LogId, entry, covering is not null && entry.Index < covering.Size ? covering : null);
            line.ResetWrittenCount();
            Write(format, record, writer, line);
            output.Write(line.WrittenSpan);
            output.WriteByte((byte)'\n');
            (last, records, covered) = (entry.Index, records + 1, covered + (record.Checkpoint is null ? 0 : 1));
        }

        output.Flush();
        return new ExportReport(log.LogId, last, records, covered);
    }

    private static void Write(ExportFormat format, ExportedRecord record, Utf8JsonWriter writer, ArrayBufferWriter<byte> line)
    {
        if (format == ExportFormat.Cef)
        {
            CefLine.Write(record, line);
            return;
        }

        writer.Reset(line);
        switch (format)
        {
            case ExportFormat.Adl:
                AdlRendering.Write(record.Record, writer, attributes: attributes => record.WriteChain(attributes, "keten.log."));
                break;
            case ExportFormat.Ecs:
                EcsDocument.Write(record, writer);
                break;
            default:
                AuditEventResource.Write(record, writer);
                break;
        }

        writer.Flush();
    }

    /// <summary>The log's latest checkpoint as it says; whether its signature is right is for <c>keten log verify</c>.</summary>
    private static Checkpoint? ReadCheckpoint(string directory) =>
        CheckpointFile.Read(directory) is { } bytes && SignedNote.Read(bytes) is { } note && Checkpoint.TryParse(note.Text, out var checkpoint) ? checkpoint : null;
}
