using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Keten.Cli.Involvement;

/// <summary>The rows of a query on an SQLite or PostgreSQL database, read as a stream on a connection that cannot write.</summary>
internal sealed class QueryRows : RowSource
{
    private const string SqlitePrefix = "sqlite:";

    private readonly DbConnection _connection;
    private readonly DbCommand _command;
    private readonly DbDataReader _reader;

    private QueryRows(DbConnection connection, DbCommand command, DbDataReader reader)
    {
        (_connection, _command, _reader) = (connection, command, reader);
        Columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    public override IReadOnlyList<string> Columns { get; }

    public override string this[int column] => _reader.IsDBNull(column) ? "" : _reader.GetValue(column) switch
    {
        bool flag => flag ? "true" : "false",
        DateTime date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString() ?? "",
    };

    /// <param name="database"><c>sqlite:/path/to/file</c>, or a PostgreSQL connection string.</param>
    /// <param name="query">One SELECT, with an ORDER BY so that it can be resumed.</param>
    /// <param name="cancellationToken">Ends the wait for the first row.</param>
    /// <exception cref="CliException">The database does not answer, or not this query.</exception>
    public static async Task<QueryRows> OpenAsync(string database, string query, CancellationToken cancellationToken)
    {
        DbConnection? connection = null;
        DbCommand? command = null;
        try
        {
            connection = Connect(database);
            await connection.OpenAsync(cancellationToken);
            command = connection.CreateCommand();
#pragma warning disable CA2100 // The person at the keyboard gives the query, for a connection that cannot write.
            command.CommandText = query;
#pragma warning restore CA2100
            command.CommandTimeout = 0;
            return new QueryRows(connection, command, await command.ExecuteReaderAsync(cancellationToken));
        }
        catch (Exception problem) when (problem is DbException or ArgumentException or InvalidOperationException)
        {
            command?.Dispose();
            connection?.Dispose();
            throw new CliException($"--database, --query: {problem.Message} Give sqlite:/path/to/file or Host=…;Database=…;Username=…, and one SELECT.");
        }
    }

    public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadAsync(cancellationToken);
        }
        catch (DbException problem)
        {
            // A driver's text may quote a row.
            throw new CliException($"--query: the database broke off ({problem.SqlState ?? problem.ErrorCode.ToString(CultureInfo.InvariantCulture)}); what was answered is durable, go on with --resume.");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static DbConnection Connect(string database) => database.StartsWith(SqlitePrefix, StringComparison.Ordinal)
        ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database[SqlitePrefix.Length..], Mode = SqliteOpenMode.ReadOnly }.ToString())
        : new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database)
        {
            ApplicationName = "keten-import", IncludeErrorDetail = false, Options = "-c default_transaction_read_only=on",
        }.ToString());
}
