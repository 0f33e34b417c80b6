using System.Data.Common;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Database;

/// <summary>
/// Read-only access to the organisation's database. Every failure leaves here as <see cref="SourceUnavailableException"/>, without the driver's text.
/// </summary>
internal abstract class SqlDatabase(DatabaseSettings settings, TimeProvider time) : IAsyncDisposable
{
    public DatabaseKind Kind => settings.Kind;

    protected TimeSpan CommandTimeout => settings.CommandTimeout;

    public static SqlDatabase Create(DatabaseSettings settings, TimeProvider time) =>
        settings.Kind == DatabaseKind.Sqlite ? new SqliteDatabase(settings, time) : new PostgreSqlDatabase(settings, time);

    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Runs a statement and reads its rows, within the command timeout.</summary>
    /// <param name="port">Named in the error.</param>
    /// <param name="parameters">Values by parameter name; a string takes the type of the column it is compared with.</param>
    /// <param name="read">Reads from the open reader.</param>
    public async Task<T> ReadAsync<T>(
        string port,
        Statement statement,
        IReadOnlyList<KeyValuePair<string, object?>> parameters,
        Func<DbDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CommandTimeout, time);
        try
        {
            return await RunAsync(statement, parameters, read, timeout.Token, cancellationToken);
        }
        catch (Exception fault) when (CodeOf(fault) is not null || fault is OperationCanceledException)
        {
            // A command that is broken off shows as a driver's error or as a cancellation; the tokens know which it was.
            cancellationToken.ThrowIfCancellationRequested();
            throw timeout.IsCancellationRequested
                ? new SourceUnavailableException(port, "timeout", $"no answer within {CommandTimeout.TotalSeconds:0} s (database.command_timeout_seconds)")
                : new SourceUnavailableException(port, CodeOf(fault) ?? "cancelled", "see the database's own log for this code");
        }
        catch (Exception fault) when (IsShape(fault))
        {
            throw new SourceUnavailableException(port, "shape", $"the result has other columns or types than the section '{port}' of the mapping was checked with");
        }
    }

    /// <summary>As <see cref="ReadAsync"/>, with the driver's own errors and a timeout that shows as a cancellation: for the check at start.</summary>
    public async Task<T> TryAsync<T>(
        Statement statement,
        IReadOnlyList<KeyValuePair<string, object?>> parameters,
        Func<DbDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CommandTimeout, time);
        return await RunAsync(statement, parameters, read, timeout.Token, cancellationToken);
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>A pooled connection on which writing is refused.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>The driver's stable code, or null when this is not a failure of the database.</summary>
    public abstract string? CodeOf(Exception fault);

    /// <summary>What the database says about a statement of the mapping. Only for statements that carry no person's data.</summary>
    public abstract string DiagnosisOf(DbException fault);

    /// <summary>Adds one parameter.</summary>
    protected abstract void Add(DbCommand command, string name, object? value);

    /// <summary>Breaks a running command off where the driver does not do so itself.</summary>
    protected virtual CancellationTokenRegistration InterruptOn(DbConnection connection, CancellationToken cancellationToken) => default;

    private async Task<T> RunAsync<T>(
        Statement statement,
        IReadOnlyList<KeyValuePair<string, object?>> parameters,
        Func<DbDataReader, CancellationToken, Task<T>> read,
        CancellationToken timeout,
        CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout);
        await using var connection = await OpenAsync(linked.Token);
        await using var command = connection.CreateCommand();
        Fill(command, statement, parameters);
        await using var interrupt = InterruptOn(connection, linked.Token);
        await using var reader = await command.ExecuteReaderAsync(linked.Token);
        return await read(reader, linked.Token);
    }

    // A table or query that changed since the start, or a type the driver cannot turn into a value: also a source without a usable answer.
    private static bool IsShape(Exception fault) =>
        fault is InvalidCastException or NotSupportedException or IndexOutOfRangeException or ArgumentOutOfRangeException;

    private void Fill(DbCommand command, Statement statement, IReadOnlyList<KeyValuePair<string, object?>> parameters)
    {
        // Text is built once, at start, from quoted names of the mapping file; values only ever travel as parameters.
#pragma warning disable CA2100
        command.CommandText = statement.Text;
#pragma warning restore CA2100
        command.CommandTimeout = Math.Max(1, (int)CommandTimeout.TotalSeconds);
        foreach (var (name, value) in statement.Constants)
        {
            Add(command, name, value);
        }

        foreach (var (name, value) in parameters)
        {
            Add(command, name, value);
        }
    }
}
