using System.Security.Cryptography;
using Keten.DecisionLog;
using Keten.LogTools.Query;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Index;

/// <summary>Takes the records into the index that came since. A call has its row from when it is settled; until then it is among the open ones.</summary>
internal sealed class CallIndexBuilder(SqliteConnection connection, string directory)
{
    private const int RecordsPerCommit = 200_000;

    /// <exception cref="DecisionLogCorruptedException">A record is damaged or missing.</exception>
    public void Extend(LogHead log, Action<long>? progress, Action<TornTail>? onTornTail, CancellationToken cancellationToken)
    {
        while (ExtendOnce(log, onTornTail, cancellationToken) is { } last)
        {
            progress?.Invoke(last);
        }
    }

    /// <summary>One transaction, from its reading of how far it is: two who build at the same time build one after the other. Null at the end of the log.</summary>
    private long? ExtendOnce(LogHead log, Action<TornTail>? onTornTail, CancellationToken cancellationToken)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var state = IndexState.Read(connection) ?? throw new InvalidDataException("somebody emptied it at this moment");
        var next = Math.Max(state.Last is { } known ? known.Index + 1 : 0, log.FirstIndex);
        if (log.FirstIndex > state.FirstIndex)
        {
            Forget(transaction, log.FirstIndex);
        }

        var open = Restore(transaction);
        using var rows = new CallRows(transaction);
        DecisionLogEntry? last = null;
        var count = 0;
        foreach (var entry in DecisionLogReader.ReadEntries(directory, next, onTornTail).Take(RecordsPerCommit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Take(open, rows, entry);
            last = entry;
            count++;
        }

        if (last is null)
        {
            transaction.Commit();
            return null;
        }

        Save(transaction, open);
        IndexState.Write(transaction, RecordPlace.Of(last), SHA256.HashData(last.Payload.Span));
        transaction.Commit();
        return last.Index;
    }

    private static void Take(CallJoiner<OpenCall> open, CallRows rows, DecisionLogEntry entry)
    {
        switch (entry.Record.RecordCase)
        {
            case LogRecord.RecordOneofCase.Decision when LoggedCall.AwaitsOutcome(entry.Record.Decision):
                open.Begin(entry.Record.Decision.DecisionId, new OpenCall(RecordPlace.Of(entry), entry.Record));
                break;
            case LogRecord.RecordOneofCase.Decision:
                rows.Add(RecordPlace.Of(entry), entry.Record, null, null);
                break;
            case LogRecord.RecordOneofCase.Outcome when open.TryEnd(entry.Record.Outcome.DecisionId, out var decision):
                rows.Add(decision.Place, decision.Record, RecordPlace.Of(entry), entry.Record.Outcome);
                break;
        }
    }

    /// <summary>What retention has removed from the log.</summary>
    private static void Forget(SqliteTransaction transaction, long first)
    {
        using var delete = transaction.Connection!.CreateCommand();
        delete.Transaction = transaction;
        delete.CommandText = """
            DELETE FROM call WHERE decision < $first;
            DELETE FROM open WHERE decision < $first;
            UPDATE state SET first_index = $first
            """;
        delete.Parameters.AddWithValue("$first", first);
        delete.ExecuteNonQuery();
    }

    private CallJoiner<OpenCall> Restore(SqliteTransaction transaction)
    {
        using var select = transaction.Connection!.CreateCommand();
        select.Transaction = transaction;
        select.CommandText = "SELECT decision, segment, offset FROM open ORDER BY decision";
        using var reader = select.ExecuteReader();
        using var records = new RecordsByPlace(directory);
        var open = new CallJoiner<OpenCall>();
        while (reader.Read())
        {
            var place = new RecordPlace(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
            var entry = records.TryRead(place) ?? throw new DecisionLogCorruptedException(
                LogFiles.SegmentPath(directory, place.Segment), place.Offset, place.Index, "the record is not where it was when it was taken into the index");
            open.Begin(entry.Record.Decision.DecisionId, new OpenCall(place, entry.Record));
        }

        return open;
    }

    private static void Save(SqliteTransaction transaction, CallJoiner<OpenCall> open)
    {
        using var delete = transaction.Connection!.CreateCommand();
        delete.Transaction = transaction;
        delete.CommandText = "DELETE FROM open";
        delete.ExecuteNonQuery();
        using var insert = transaction.Connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO open VALUES ($decision, $segment, $offset, $id)";
        var (decision, segment, offset, id) = (Add("$decision"), Add("$segment"), Add("$offset"), Add("$id"));
        foreach (var call in open.Open)
        {
            (decision.Value, segment.Value, offset.Value) = (call.Place.Index, call.Place.Segment, call.Place.Offset);
            id.Value = TextDigest.Of(call.Record.Decision.DecisionId);
            insert.ExecuteNonQuery();
        }

        SqliteParameter Add(string name) => insert.Parameters.Add(name, SqliteType.Integer);
    }

    private sealed record OpenCall(RecordPlace Place, LogRecord Record);
}
