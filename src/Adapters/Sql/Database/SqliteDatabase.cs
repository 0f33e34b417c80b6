using System.Data.Common;
using Keten.Adapters.Sql.Mapping;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Keten.Adapters.Sql.Database;

internal sealed class SqliteDatabase : SqlDatabase
{
    private readonly string _connectionString;
    private readonly string _path;
    private long _born;

    public SqliteDatabase(DatabaseSettings settings, TimeProvider time)
        : base(settings, time)
    {
        var builder = new SqliteConnectionStringBuilder(settings.Connection)
        {
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = true,
            DefaultTimeout = Math.Max(1, (int)settings.CommandTimeout.TotalSeconds),
        };
        (_connectionString, _path) = (builder.ConnectionString, builder.DataSource);
    }

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LeaveReplacedFile();
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA query_only = ON";
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override string? CodeOf(Exception fault) => fault is SqliteException sqlite ? $"SQLITE {sqlite.SqliteExtendedErrorCode}" : null;

    public override string DiagnosisOf(DbException fault) => fault.Message;

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    protected override void Add(DbCommand command, string name, object? value) =>
        ((SqliteCommand)command).Parameters.AddWithValue(":" + name, value ?? DBNull.Value);

    // Microsoft.Data.Sqlite works synchronously and does not look at the token while a statement runs.
    protected override CancellationTokenRegistration InterruptOn(DbConnection connection, CancellationToken cancellationToken) =>
        cancellationToken.Register(static state => raw.sqlite3_interrupt(((SqliteConnection)state!).Handle), connection);

    /// <summary>
    /// A pooled connection keeps reading a file that was deleted or put back from a backup, and would serve what is no longer true.
    /// </summary>
    private void LeaveReplacedFile()
    {
        var file = new FileInfo(_path);
        var born = file.Exists ? file.CreationTimeUtc.Ticks : 0;
        if (Interlocked.Exchange(ref _born, born) != born)
        {
            using var connection = new SqliteConnection(_connectionString);
            SqliteConnection.ClearPool(connection);
        }

        if (born == 0)
        {
            throw new SqliteException("the database file is not there", raw.SQLITE_CANTOPEN);
        }
    }
}
