using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Keten.LogTools.Index;

/// <summary>The SQLite file of an index. A file that is something else is never written to.</summary>
internal static class IndexFile
{
    // «keLI»: tells our file from any other SQLite database.
    private const int ApplicationId = 0x6b654c49;
    private const int ApplicationIdAt = 68;
    private const int Version = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Tables = """
        DROP TABLE IF EXISTS state;
        DROP TABLE IF EXISTS call;
        DROP TABLE IF EXISTS open;
        CREATE TABLE state (
            log_id TEXT NOT NULL, first_index INTEGER NOT NULL, last_index INTEGER, last_segment INTEGER, last_offset INTEGER, last_digest BLOB) STRICT;
        CREATE TABLE call (
            settled INTEGER PRIMARY KEY, decision INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL,
            outcome INTEGER, outcome_segment INTEGER, outcome_offset INTEGER,
            at INTEGER NOT NULL, id INTEGER NOT NULL, caller INTEGER NOT NULL, target INTEGER NOT NULL, purpose INTEGER NOT NULL,
            method INTEGER NOT NULL, reason INTEGER NOT NULL, outcome_reason INTEGER NOT NULL, standing INTEGER NOT NULL,
            break_glass INTEGER NOT NULL, subject_key INTEGER NOT NULL) STRICT;
        CREATE INDEX call_at ON call (at);
        CREATE INDEX call_id ON call (id);
        CREATE TABLE open (
            decision INTEGER PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL, id INTEGER NOT NULL) STRICT;
        CREATE INDEX open_id ON open (id);
        """;

    public static SqliteConnection Open(string file)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        EnsureOurs(file);
        try
        {
            return Connect(file);
        }
        catch (SqliteException problem) when (problem.SqliteErrorCode is 11 or 26)
        {
            // Ours by its head, and broken: nothing is lost with it.
            Remove(file);
            return Connect(file);
        }
    }

    /// <summary>In one transaction, so that who reads at this moment reads on in what was.</summary>
    public static void Empty(SqliteConnection connection, Guid logId)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        Run(connection, transaction, Tables);
        Run(connection, transaction, $"PRAGMA user_version = {Version}");
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO state (log_id, first_index) VALUES ($id, 0)";
        insert.Parameters.AddWithValue("$id", logId.ToString());
        insert.ExecuteNonQuery();
        transaction.Commit();
    }

    public static bool HasTables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) == Version;
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 60 }.ToString());
        try
        {
            connection.Open();
            Run(connection, null, $"PRAGMA application_id = {ApplicationId}");
            Run(connection, null, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE");
            Run(connection, null, "SELECT count(*) FROM sqlite_schema");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void EnsureOurs(string file)
    {
        if (!File.Exists(file))
        {
            using var made = new FileStream(file, OperatingSystem.IsWindows()
                ? new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write }
                : new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
            return;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> head = stackalloc byte[ApplicationIdAt + sizeof(int)];
        var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (read > 0 && (read < head.Length || !head.StartsWith("SQLite format 3\0"u8) || BinaryPrimitives.ReadInt32BigEndian(head[ApplicationIdAt..]) != ApplicationId))
        {
            throw new IOException("it is no index of a decision log, and is left as it is");
        }
    }

    private static void Remove(string file)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(file + suffix);
        }
    }

    private static void Run(SqliteConnection connection, SqliteTransaction? transaction, string script)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Texts of this class; no input.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
