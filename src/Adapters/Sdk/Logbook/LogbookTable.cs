using System.Text.Json;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>
/// The Logboek dataverwerkingen in the adapter's database: every disclosure is a line of it, and beside those stands what was processed without a
/// call. A line is written in the transaction of what it tells of, so there is neither without the other.
/// </summary>
internal static class LogbookTable
{
    public static AdapterSchema Schema { get; } = new("logbook",
    [
        """
        CREATE TABLE processing (
            seq            INTEGER PRIMARY KEY,
            trace_id       TEXT NOT NULL,
            span_id        TEXT NOT NULL,
            parent_span_id TEXT NOT NULL,
            name           TEXT NOT NULL,
            purpose        TEXT NOT NULL,
            category       TEXT NOT NULL,
            action         TEXT NOT NULL,
            subject        TEXT NOT NULL,
            started_at     INTEGER NOT NULL,   -- Unix time in milliseconds
            ended_at       INTEGER NOT NULL,
            processor      TEXT NOT NULL,
            decision_id    TEXT NOT NULL,
            about_oin      TEXT NOT NULL,
            about_type     TEXT NOT NULL,
            fields         TEXT NOT NULL
        ) STRICT;
        CREATE INDEX processing_by_subject ON processing (subject);
        """,
        // Of a line from before it is not known, so it counts as not informed.
        "ALTER TABLE processing ADD COLUMN informed INTEGER NOT NULL DEFAULT 0",
    ]);

    /// <exception cref="InvalidOperationException">A text holds what may be a BSN: nothing of the transaction happens.</exception>
    public static void Add(SqliteTransaction transaction, Processing processing)
    {
        if (Bsn.IsIn(processing.Purpose) || Bsn.IsIn(processing.Category) || Bsn.IsIn(processing.DecisionId))
        {
            throw new InvalidOperationException("A line of the logbook holds what may be a BSN in its purpose, category or decision id; it is not written, and neither is what it tells of.");
        }

        transaction.Execute(
            """
            INSERT INTO processing (trace_id, span_id, parent_span_id, name, purpose, category, action, subject, started_at, ended_at, processor,
                decision_id, about_oin, about_type, fields, informed)
            VALUES ($trace, $span, $parent, $name, $purpose, $category, $action, $subject, $started, $ended, $processor, $decision, $about, $type, $fields, $informed)
            """,
            ("$trace", processing.Span.TraceId), ("$span", processing.Span.SpanId), ("$parent", processing.Span.ParentSpanId), ("$name", processing.Name),
            ("$purpose", processing.Purpose), ("$category", processing.Category), ("$action", processing.Action), ("$subject", processing.Subject),
            ("$started", processing.StartedAt.ToUnixTimeMilliseconds()), ("$ended", processing.EndedAt.ToUnixTimeMilliseconds()),
            ("$processor", processing.Processor), ("$decision", processing.DecisionId), ("$about", processing.AboutOin), ("$type", processing.AboutType),
            ("$fields", JsonSerializer.Serialize(processing.Fields)), ("$informed", processing.Informed));
    }
}
