using System.Data.Common;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Database;

/// <summary>Compares a mapping with the database it is for, and reports every difference with its line.</summary>
internal sealed class MappingCheck(SqlDatabase database, SqlMapping mapping)
{
    private readonly Faults _faults = new(mapping.File);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // First of all whether it is there: a database that is down is no fault of the mapping.
        await database.ReadAsync("database", new Statement("SELECT 1", []), [], Columns, cancellationToken);
        await IsReadOnlyAsync(cancellationToken);
        foreach (var name in mapping.Sections)
        {
            var section = mapping.Section(name)!;
            if (section.Table is not { } table || await HasColumnsAsync(section, table, cancellationToken))
            {
                await PrepareAsync(section, cancellationToken);
            }
        }

        _faults.ThrowIfAny();
    }

    // A connection pooler between us and PostgreSQL may drop the setting that makes the connection read-only.
    private async Task IsReadOnlyAsync(CancellationToken cancellationToken)
    {
        if (database.Kind == DatabaseKind.PostgreSql
            && await database.ReadAsync("database", new Statement("SELECT current_setting('transaction_read_only')", []), [], First, cancellationToken) != "on")
        {
            _faults.Add(mapping.Database.Line, "database.connection", "the connection can write; expected a user with default_transaction_read_only = on");
        }

        static async Task<string?> First(DbDataReader reader, CancellationToken token) => await reader.ReadAsync(token) ? reader.GetString(0) : null;
    }

    private async Task<bool> HasColumnsAsync(SectionMapping section, TableSource table, CancellationToken cancellationToken)
    {
        var complete = true;
        var known = new Dictionary<string, IReadOnlyList<(string Name, string Type)>>(StringComparer.Ordinal);
        foreach (var name in table.Tables)
        {
            var columns = await DescribeAsync(SelectBuilder.Columns(name), name.Line, name.Key, [], cancellationToken);
            complete &= columns is not null;
            if (columns is not null)
            {
                known[name.Alias] = columns;
            }
        }

        foreach (var column in Used(section, table).DistinctBy(c => (c.Table, c.Name, c.Line)))
        {
            if (known.TryGetValue(column.Table, out var columns) && !Holds(columns, column.Name))
            {
                complete = false;
                _faults.Add(column.Line, column.Key, $"table '{column.Table}' has no column '{column.Name}'{Suggestion.For(column.Name, columns.Select(c => c.Name))}");
            }
        }

        if (table.Client is { } client && known.TryGetValue(client.Table, out var clientTable))
        {
            complete &= HasClientType(clientTable.FirstOrDefault(c => c.Name == client.Name).Type, client.Line, client.Key);
        }

        return complete;
    }

    // SQLite does not tell capitals apart in a column's name, PostgreSQL does once a name is quoted.
    private bool Holds(IReadOnlyList<(string Name, string Type)> columns, string name) =>
        columns.Any(c => c.Name.Equals(name, database.Kind == DatabaseKind.Sqlite ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));

    private async Task PrepareAsync(SectionMapping section, CancellationToken cancellationToken)
    {
        var isClients = section.Name == "clients";
        var statement = isClients ? SelectBuilder.ClientPage(section, first: true) : SelectBuilder.ForClient(section);
        var parameter = isClients ? KeyValuePair.Create(SelectBuilder.Limit, (object?)0) : KeyValuePair.Create(SelectBuilder.Client, (object?)null);
        var (line, key) = section.Query is null ? (section.Line, section.Name) : (section.QueryLine, $"{section.Name}.query");
        var columns = await DescribeAsync(statement, line, key, [parameter], cancellationToken);
        if (columns is null)
        {
            return;
        }

        if (isClients)
        {
            var id = section.Field("client_id");
            HasClientType(columns[0].Type, id.Line, id.Key);
        }
        else if (section.Query is not null)
        {
            foreach (var column in section.Columns.Where(c => !columns.Any(r => r.Name.Equals(c.Name, StringComparison.OrdinalIgnoreCase))))
            {
                _faults.Add(column.Line, column.Key, $"the query returns no column '{column.Name}'{Suggestion.For(column.Name, columns.Select(c => c.Name))}");
            }
        }
    }

    private bool HasClientType(string? type, int line, string key)
    {
        // Only whole-number and uuid columns: everything else compares as text.
        ClientIdType? found = type?.ToUpperInvariant() switch
        {
            "INTEGER" or "INT" or "BIGINT" or "SMALLINT" => ClientIdType.Integer,
            "UUID" when database.Kind == DatabaseKind.PostgreSql => ClientIdType.Uuid,
            { Length: > 0 } when database.Kind == DatabaseKind.PostgreSql => ClientIdType.Text,
            _ => null,
        };
        if (found is null || found == mapping.ClientIdType)
        {
            return true;
        }

        var word = found == ClientIdType.Integer ? "integer" : found == ClientIdType.Uuid ? "uuid" : "text";
        _faults.Add(line, key, $"the column is of type {type}; expected 'type: {word}' at clients.columns.client_id, as for every column with the client's id");
        return false;
    }

    private async Task<IReadOnlyList<(string Name, string Type)>?> DescribeAsync(
        Statement statement, int line, string key, IReadOnlyList<KeyValuePair<string, object?>> parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await database.TryAsync(statement, parameters, Columns, cancellationToken);
        }
        catch (Exception fault) when (fault is OperationCanceledException || (fault is DbException error && IsTimeout(error)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _faults.Add(line, key, "takes longer than database.command_timeout_seconds, even for a client that does not exist");
        }
        catch (DbException fault) when (!IsOutage(fault))
        {
            _faults.Add(line, key, $"the database does not accept this: {database.DiagnosisOf(fault)}");
        }
        catch (InvalidOperationException fault) when (fault is not ObjectDisposedException)
        {
            // The driver found a parameter in a query that is given no value.
            _faults.Add(line, key, "the database does not accept this: the only parameter of a query is :client");
        }
        catch (Exception fault) when (database.CodeOf(fault) is not null)
        {
            throw new SourceUnavailableException("database", database.CodeOf(fault)!, $"cannot be reached (database.connection in {mapping.File})");
        }

        return null;
    }

    private static Task<IReadOnlyList<(string Name, string Type)>> Columns(DbDataReader reader, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<(string, string)>>([.. Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), reader.GetDataTypeName(i)))]);

    // Broken off by its time limit: SQLite's interrupt, PostgreSQL's statement_timeout and cancel request.
    private static bool IsTimeout(DbException fault) =>
        fault is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 9 } or Npgsql.PostgresException { SqlState: "57014" };

    private bool IsOutage(DbException fault) => database.Kind switch
    {
        // Generic error and mismatch speak of the statement; all else (cannot open, busy, not a database, I/O) of the database.
        DatabaseKind.Sqlite => fault is not Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 1 or 20 or 25 },

        // Classes 42 (syntax, names, rights) and 22 (values) speak of the statement.
        _ => fault.SqlState is not { } state || !(state.StartsWith("42", StringComparison.Ordinal) || state.StartsWith("22", StringComparison.Ordinal)),
    };

    private static IEnumerable<ColumnReference> Used(SectionMapping section, TableSource table) =>
        section.Columns
            .Concat(section.OrderBy.Select(o => o.Column))
            .Concat(table.Where.Select(c => c.Column))
            .Concat(table.Joins.SelectMany(j => j.On.SelectMany(p => new[] { p.Left, p.Right }).Concat(j.Where.Select(c => c.Column))))
            .Concat(table.Client is { } client ? [client] : []);
}
