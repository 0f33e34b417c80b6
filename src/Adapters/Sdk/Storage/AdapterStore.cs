using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Storage;

/// <summary>
/// The adapter's own SQLite database (WAL, full synchronous: a commit survives a power cut). Readers never wait for the writer; writers wait
/// for each other here instead of failing on a lock. It links pseudonyms to clients, so only the adapter's own account may read it.
/// </summary>
public sealed class AdapterStore : IDisposable
{
    private readonly string _connectionString;
    // Pages of the database the writer keeps at hand: an index of a million pseudonyms is written all over.
    private const int WriterCacheKib = 64 * 1024;

    private readonly SemaphoreSlim _writer = new(1, 1);
    private SqliteConnection? _writing;

    private AdapterStore(string path) => _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        ForeignKeys = true,
        DefaultTimeout = 30,
    }.ToString();

    /// <summary>Opens or makes the database and brings every schema up to date.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be used, or a newer version of the adapter wrote it.</exception>
    public static AdapterStore Open(string path, IEnumerable<AdapterSchema> schemas)
    {
        var store = new AdapterStore(path);
        try
        {
            MakePrivate(path);
            using var connection = store.OpenConnection();
            Run(connection, null, "PRAGMA journal_mode = WAL");
            Run(connection, null, "CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT");
            foreach (var schema in schemas)
            {
                Migrate(connection, schema, path);
            }

            return store;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            store.Dispose();
            throw new InvalidOperationException(
                $"The adapter's database '{path}' cannot be used: {failure.Message} Give a path on a local disk that this account may write.", failure);
        }
    }

    /// <summary>A connection of its own, for reading. Dispose it soon. For writing use <see cref="WriteAsync{T}"/>.</summary>
    public SqliteConnection OpenConnection()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Run(connection, null, "PRAGMA synchronous = FULL");
        return connection;
    }

    /// <summary>Runs a transaction; durable when it completes. When <paramref name="work"/> throws, nothing has happened.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteTransaction, T> work, CancellationToken cancellationToken) => RunAsync(work, commit: true, cancellationToken);

    /// <summary>Runs a transaction and takes it back: what it would have given, and nothing has happened.</summary>
    public Task<T> RehearseAsync<T>(Func<SqliteTransaction, T> work, CancellationToken cancellationToken) => RunAsync(work, commit: false, cancellationToken);

    private async Task<T> RunAsync<T>(Func<SqliteTransaction, T> work, bool commit, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            _writing ??= OpenForWriting();
            using var transaction = _writing.BeginTransaction();
            var result = work(transaction);
            if (commit)
            {
                transaction.Commit();
            }

            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not while somebody writes: the transaction would lose its connection half-way.
        _writer.Wait();
        _writing?.Dispose();
        _writing = null;
        _writer.Dispose();
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection OpenForWriting()
    {
        var connection = OpenConnection();
        Run(connection, null, $"PRAGMA cache_size = -{WriterCacheKib}");
        return connection;
    }

    private static void Migrate(SqliteConnection connection, AdapterSchema schema, string path)
    {
        using var transaction = connection.BeginTransaction();
        var version = transaction.Scalar<long?>("SELECT version FROM schema_version WHERE component = $component", ("$component", schema.Component)) ?? 0;
        if (version > schema.Migrations.Count)
        {
            throw new InvalidOperationException(
                $"The adapter's database '{path}' has version {version} of '{schema.Component}', this adapter knows {schema.Migrations.Count}: "
                + "run the adapter that wrote it, or a newer one.");
        }

        foreach (var script in schema.Migrations.Skip((int)version))
        {
            Run(connection, transaction, script);
        }

        transaction.Execute(
            "INSERT INTO schema_version (component, version) VALUES ($component, $version) ON CONFLICT (component) DO UPDATE SET version = $version",
            ("$component", schema.Component), ("$version", schema.Migrations.Count));
        transaction.Commit();
    }

    private static void MakePrivate(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
    }

    private static void Run(SqliteConnection connection, SqliteTransaction? transaction, string script)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Scripts of this assembly and of registered schemas; no input.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
