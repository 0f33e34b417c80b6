using Google.Protobuf;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Storage;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>How far an import is, and what became of its rows. Of a dry run in memory only.</summary>
internal sealed class ImportProgress
{
    public const int MaxCheckBytes = 64;
    private const int PageSize = 200;

    private readonly string _importId;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private ByteString _check = ByteString.Empty;

    private ImportProgress(string importId, bool isRehearsal) => (_importId, IsRehearsal) = (importId, isRehearsal);

    public bool IsRehearsal { get; }

    public long Position { get; private set; }

    public long Taken { get; private set; }

    public long Unchanged { get; private set; }

    public long Refused { get; private set; }

    public static ImportProgress Rehearsal(string importId) => new(importId, isRehearsal: true);

    /// <summary>Begins anew, or where it is. A run of the same import that still goes on elsewhere is stopped by it.</summary>
    public static ImportProgress Begin(SqliteTransaction transaction, string importId, bool resume)
    {
        var progress = new ImportProgress(importId, isRehearsal: false);
        if (!resume)
        {
            transaction.Execute("DELETE FROM import WHERE import_id = $id", ("$id", importId));
            transaction.Execute("DELETE FROM import_error WHERE import_id = $id", ("$id", importId));
        }

        transaction.Execute(
            """
            INSERT INTO import (import_id, run, position, sender_check, taken, unchanged, refused) VALUES ($id, $run, 0, x'', 0, 0, 0)
            ON CONFLICT (import_id) DO UPDATE SET run = $run
            """,
            ("$id", importId), ("$run", progress._run));
        return transaction.Query(
            "SELECT position, sender_check, taken, unchanged, refused FROM import WHERE import_id = $id",
            r =>
            {
                progress.Position = r.GetInt64(0);
                progress._check = ByteString.CopyFrom(r.GetFieldValue<byte[]>(1));
                (progress.Taken, progress.Unchanged, progress.Refused) = (r.GetInt64(2), r.GetInt64(3), r.GetInt64(4));
                return progress;
            },
            ("$id", importId)).Single();
    }

    public void Count(ReportOutcome outcome)
    {
        Refused += outcome.Refusal is not null ? 1 : 0;
        Unchanged += outcome is { Refusal: null, IsRepeat: true } ? 1 : 0;
        Taken += outcome is { Refusal: null, IsRepeat: false } ? 1 : 0;
    }

    public void Advance(ImportRow last) => (Position, _check) = (last.Row, last.Check);

    /// <summary>In the transaction of the rows.</summary>
    /// <exception cref="Grpc.Core.RpcException">The import was begun again elsewhere.</exception>
    public void Save(SqliteTransaction transaction, List<ImportRowError> errors)
    {
        var saved = transaction.Execute(
            """
            UPDATE import SET position = $position, sender_check = $check, taken = $taken, unchanged = $unchanged, refused = $refused
            WHERE import_id = $id AND run = $run
            """,
            ("$id", _importId), ("$run", _run), ("$position", Position), ("$check", _check.ToByteArray()), ("$taken", Taken), ("$unchanged", Unchanged),
            ("$refused", Refused));
        if (saved == 0)
        {
            throw CaseSystemRefusals.ImportOvertaken.ToException();
        }

        foreach (var error in errors)
        {
            transaction.Execute(
                "INSERT INTO import_error (import_id, row, column_name, reason, message) VALUES ($id, $row, $column, $reason, $message)",
                ("$id", _importId), ("$row", error.Row), ("$column", error.Column), ("$reason", error.ReasonCode), ("$message", error.Message));
        }
    }

    /// <summary>A page of what was refused before this run, after a row.</summary>
    public List<ImportRowError> EarlierErrors(AdapterStore store, long after = 0)
    {
        using var connection = store.OpenConnection();
        return IsRehearsal ? [] : connection.Query(
            "SELECT row, column_name, reason, message FROM import_error WHERE import_id = $id AND row > $after ORDER BY row LIMIT $limit",
            r => new ImportRowError { Row = r.GetInt64(0), Column = r.GetString(1), ReasonCode = r.GetString(2), Message = r.GetString(3) },
            ("$id", _importId), ("$after", after), ("$limit", PageSize));
    }

    public ImportInvolvementsResponse ToResponse(List<ImportRowError> errors) => new()
    {
        Position = Position, Check = _check, Taken = Taken, Unchanged = Unchanged, Refused = Refused, Errors = { errors },
    };
}
