using Microsoft.Data.Sqlite;

namespace Keten.Demo.Layouts;

/// <summary>
/// The tables of a demo organisation's own system, and the mapping file with which the SQL connector reads them. There are three, as different as
/// real ones: a BRP-like copy, a package with key tables, and one wide dossier table with key/value rows.
/// </summary>
public sealed class DemoLayout
{
    private static readonly DemoLayout Gemeente = new(GemeenteTables.Tables);
    private static readonly DemoLayout Wijkteam = new(WijkteamTables.Tables);
    private static readonly DemoLayout VeiligThuis = new(VeiligThuisTables.Tables);

    private readonly LayoutTables _tables;

    private DemoLayout(LayoutTables tables) => _tables = tables;

    /// <summary>The three, once each.</summary>
    public static IReadOnlyList<DemoLayout> All { get; } = [Gemeente, Wijkteam, VeiligThuis];

    /// <summary>For people: <c>Gemeente</c>, <c>Wijkteam</c> or <c>VeiligThuis</c>.</summary>
    public string Name => _tables.Folder;

    /// <summary>The mapping file, with <c>${KETEN_CASE_DATABASE}</c> as connection.</summary>
    public string Mapping => Resource("mapping.yaml");

    /// <summary>The tables, as SQLite and PostgreSQL both understand them.</summary>
    public string Schema => Resource("schema.sql");

    /// <summary>The layout an organisation of this type has in the demo; other types than the three have one of the three.</summary>
    public static DemoLayout For(string organisationType) => organisationType switch
    {
        "gemeente" or "politie" or "openbaar-ministerie" or "onderwijs" or "schuldhulp" or "inwoner-portaal" => Gemeente,
        "veilig-thuis" or "raad" or "gecertificeerde-instelling" or "ggz" => VeiligThuis,
        _ => Wijkteam,
    };

    /// <summary>Makes a new database with these clients.</summary>
    /// <exception cref="InvalidOperationException">The file is there already.</exception>
    /// <exception cref="ArgumentException">A field that the catalogue has not, or a value that does not fit it.</exception>
    public async Task CreateAsync(string databasePath, IEnumerable<DemoClient> clients, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clients);
        if (File.Exists(databasePath))
        {
            throw new InvalidOperationException($"{databasePath} is there already; take another path or remove it first");
        }

        await using var connection = await OpenAsync(databasePath, SqliteOpenMode.ReadWriteCreate, cancellationToken);
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellationToken);
        await using (var schema = connection.CreateCommand())
        {
            schema.Transaction = transaction;
#pragma warning disable CA2100 // The text is a file of this project.
            schema.CommandText = Schema;
#pragma warning restore CA2100
            await schema.ExecuteNonQueryAsync(cancellationToken);
        }

        var writer = new LayoutWriter(connection, transaction, _tables);
        foreach (var client in clients)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Insert(client);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Writes the mapping file for a database made by <see cref="CreateAsync"/>.</summary>
    public async Task WriteMappingAsync(string mappingPath, string databasePath, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(databasePath) }.ConnectionString;
        var quoted = $"'{connection.Replace("'", "''", StringComparison.Ordinal)}'";
        await File.WriteAllTextAsync(mappingPath, Mapping.Replace("${KETEN_CASE_DATABASE}", quoted, StringComparison.Ordinal), cancellationToken);
    }

    /// <summary>Changes name and address of one client, as a clerk would; a null value empties the field.</summary>
    /// <exception cref="ArgumentException">No such client or field, or a value that does not fit the catalogue.</exception>
    public async Task UpdatePersonAsync(
        string databasePath, string clientId, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(databasePath, SqliteOpenMode.ReadWrite, cancellationToken);
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellationToken);
        new LayoutWriter(connection, transaction, _tables).UpdatePerson(clientId, values);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Changes what the organisation has decided on a client's inspection, as its own staff would.</summary>
    public async Task SetRestrictionsAsync(
        string databasePath, string clientId, bool inspectionRestricted, bool childObjects, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(databasePath, SqliteOpenMode.ReadWrite, cancellationToken);
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellationToken);
        new LayoutWriter(connection, transaction, _tables).UpdateFacts(clientId, new Dictionary<string, object?>
        {
            ["inspection_restricted"] = inspectionRestricted, ["child_objects"] = childObjects,
        });
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<SqliteConnection> OpenAsync(string databasePath, SqliteOpenMode mode, CancellationToken cancellationToken)
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = databasePath, Mode = mode, Pooling = false, ForeignKeys = true };
        var connection = new SqliteConnection(builder.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private string Resource(string file)
    {
        using var stream = typeof(DemoLayout).Assembly.GetManifestResourceStream($"Keten.Demo.Layouts.{_tables.Folder}.{file}")
            ?? throw new InvalidOperationException($"{file} of {_tables.Folder} is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
