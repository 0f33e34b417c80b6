using System.Globalization;
using Keten.Adapters.Sdk.Storage;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Policy;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Logbook;

/// <summary>The whole logbook as lines of the standard, in order of their trace's moment: disclosures first, then what was processed without a call.</summary>
internal sealed class LogbookReader(AdapterStore store)
{
    // Faults of ours; every other refusal is a correct no.
    private static readonly string[] Faults = [Refusals.SourceUnavailable.Code, Refusals.Internal.Code, Refusals.PolicyUnavailable.Code];

    /// <summary>True when a call failed here, rather than being refused.</summary>
    public static bool IsFault(string reasonCode) => Faults.Contains(reasonCode, StringComparer.Ordinal);

    /// <summary>Lines that ended at or after <paramref name="from"/> and before <paramref name="until"/>.</summary>
    public IEnumerable<LogbookLine> Read(DateTimeOffset from, DateTimeOffset until)
    {
        using var connection = store.OpenConnection();
        foreach (var line in Rows(connection,
            """
            SELECT trace_id, span_id, parent_span_id, started_at, occurred_at, allowed, reason_code, operation, category, purpose, subject, caller_oin, decision_id
            FROM disclosure WHERE occurred_at >= $from AND occurred_at < $until ORDER BY decision_id, sequence
            """,
            Disclosure, ("$from", Text(from)), ("$until", Text(until))))
        {
            yield return line;
        }

        foreach (var line in Rows(connection,
            """
            SELECT trace_id, span_id, parent_span_id, name, started_at, ended_at, purpose, category, action, subject, processor, decision_id
            FROM processing WHERE ended_at >= $from AND ended_at < $until ORDER BY seq
            """,
            Other, ("$from", from.ToUnixTimeMilliseconds()), ("$until", until.ToUnixTimeMilliseconds())))
        {
            yield return line;
        }
    }

    private static LogbookLine Disclosure(SqliteDataReader row)
    {
        var (operation, category, purpose) = (row.GetString(7), row.GetString(8), row.GetString(9));
        var ended = DateTimeOffset.Parse(row.GetString(4), CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        var known = OperationCatalogue.Current.TryGet(operation, out var called) ? called : null;
        return new LogbookLine(
            new TraceSpan(row.GetString(0), row.GetString(1), row.GetString(2)),
            row.GetBoolean(5) ? "Ok" : IsFault(row.GetString(6)) ? "Error" : "Unset",
            $"{(known?.Delivers == true ? "Aangeleverd krijgen" : "Verstrekken")}: {category}",
            row.GetInt64(3) is > 0 and var started ? started : ended, ended,
            ProcessingActivity.IdOf(purpose, category, known?.Action ?? ""), row.GetString(10), CloudEvent.SourceOf(Oin.Parse(row.GetString(11))), row.GetString(12));
    }

    private static LogbookLine Other(SqliteDataReader row) => new(
        new TraceSpan(row.GetString(0), row.GetString(1), row.GetString(2)), "Ok", row.GetString(3), row.GetInt64(4), row.GetInt64(5),
        ProcessingActivity.IdOf(row.GetString(6), row.GetString(7), row.GetString(8)), row.GetString(9), row.GetString(10), row.GetString(11));

    /// <summary>One after another: a logbook of years is not read into memory.</summary>
    private static IEnumerable<LogbookLine> Rows(
        SqliteConnection connection, string sql, Func<SqliteDataReader, LogbookLine> read, params (string Name, object Value)[] parameters)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant statements; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return read(reader);
        }
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
