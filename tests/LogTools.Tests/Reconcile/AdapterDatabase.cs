using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Tests.Reconcile;

/// <summary>An adapter's database with the table as an adapter makes it, and a column more than is read.</summary>
internal sealed class AdapterDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    public AdapterDatabase(string directory)
    {
        System.IO.Directory.CreateDirectory(directory);
        Directory = directory;
        _connection = new SqliteConnection($"Data Source={Path.Combine(directory, "adapter.db")};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode = WAL");
        Run("""
            CREATE TABLE disclosure (
                newer_column TEXT, decision_id TEXT NOT NULL, sequence INTEGER NOT NULL, transaction_id TEXT NOT NULL, trace_id TEXT NOT NULL,
                occurred_at TEXT NOT NULL, caller_oin TEXT NOT NULL, operation TEXT NOT NULL, category TEXT NOT NULL, purpose TEXT NOT NULL,
                subject TEXT NOT NULL, allowed INTEGER NOT NULL, reason_code TEXT NOT NULL, fields TEXT NOT NULL,
                PRIMARY KEY (decision_id, sequence)) WITHOUT ROWID
            """);
    }

    public string Directory { get; }

    public void Disclosed(int number, string[]? fields = null, string caller = Some.Wijkteam, int sequence = 0, TimeSpan late = default) =>
        Add(number, sequence, allowed: true, "ALLOWED", fields ?? ["family_name"], caller, late);

    public void Refused(int number, string code) => Add(number, -1, allowed: false, code, [], Some.Wijkteam, default);

    public void Dispose() => _connection.Dispose();

    private void Add(int number, int sequence, bool allowed, string code, string[] fields, string caller, TimeSpan late)
    {
        var decision = Some.Decision(number).Decision;
        using var insert = _connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO disclosure (decision_id, sequence, transaction_id, trace_id, occurred_at, caller_oin, operation, category, purpose, subject, allowed, reason_code, fields)
            VALUES ($id, $sequence, $transaction, '', $at, $caller, $operation, 'naw', $purpose, '', $allowed, $code, $fields)
            """;
        insert.Parameters.AddWithValue("$id", decision.DecisionId);
        insert.Parameters.AddWithValue("$sequence", sequence);
        insert.Parameters.AddWithValue("$transaction", decision.TransactionId);
        insert.Parameters.AddWithValue("$at", (decision.DecidedAt.ToDateTimeOffset() + TimeSpan.FromMilliseconds(5) + late).UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        insert.Parameters.AddWithValue("$caller", caller);
        insert.Parameters.AddWithValue("$operation", decision.Operation);
        insert.Parameters.AddWithValue("$purpose", decision.Purpose);
        insert.Parameters.AddWithValue("$allowed", allowed);
        insert.Parameters.AddWithValue("$code", code);
        insert.Parameters.AddWithValue("$fields", JsonSerializer.Serialize(fields));
        insert.ExecuteNonQuery();
    }

    private void Run(string script)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Texts of this class.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
