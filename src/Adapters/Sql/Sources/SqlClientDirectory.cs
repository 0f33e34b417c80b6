using System.Data.Common;
using System.Runtime.CompilerServices;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Mapping;
using Keten.Adapters.Sql.Reading;

namespace Keten.Adapters.Sql.Sources;

internal sealed partial class SqlClientDirectory : IClientDirectory
{
    private const string Section = "clients";
    private const int PageSize = 2000;

    private readonly SqlDatabase _database;
    private readonly SqlMapping _mapping;
    private readonly ILogger _logger;
    private readonly Statement _one;
    private readonly Statement _firstPage;
    private readonly Statement _nextPage;

    public SqlClientDirectory(SqlDatabase database, SqlMapping mapping, ILogger<SqlClientDirectory> logger)
    {
        (_database, _mapping, _logger) = (database, mapping, logger);
        var section = mapping.Section(Section)!;
        _one = SelectBuilder.OneClient(section);
        _firstPage = SelectBuilder.ClientPage(section, first: true);
        _nextPage = SelectBuilder.ClientPage(section, first: false);
    }

    public async IAsyncEnumerable<OwnClient> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var unusable = 0;
        object? after = null;
        while (true)
        {
            var parameters = new List<KeyValuePair<string, object?>> { KeyValuePair.Create(SelectBuilder.Limit, (object?)PageSize) };
            if (after is not null)
            {
                parameters.Add(KeyValuePair.Create(SelectBuilder.After, (object?)after));
            }

            var page = await _database.ReadAsync(Section, after is null ? _firstPage : _nextPage, parameters, ReadPageAsync, cancellationToken);
            foreach (var row in page)
            {
                if (Usable(row) is { } client)
                {
                    yield return client;
                }
                else
                {
                    unusable++;
                }
            }

            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1].Id;
        }

        if (unusable > 0)
        {
            Log.Unusable(_logger, unusable);
        }
    }

    public async Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        if (!ClientId.TryConvert(clientId, _mapping.ClientIdType, out var id))
        {
            return null;
        }

        var rows = await _database.ReadAsync(Section, _one, [KeyValuePair.Create(SelectBuilder.Client, (object?)id)], ReadPageAsync, cancellationToken);
        return rows.Select(Usable).FirstOrDefault(c => c?.ClientId == clientId);
    }

    private async Task<List<Row>> ReadPageAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();

        // The id as it is stored, for it says where the next page begins; only char(n) fills it up with blanks that do not count.
        var isFilledUp = reader.GetDataTypeName(0).StartsWith("character(", StringComparison.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetValue(0);
            rows.Add(new Row(isFilledUp && id is string text ? text.TrimEnd(' ') : id, Cell.TryRead(reader, 1, _mapping.Database.Zone, out var bsn) ? bsn : null));
        }

        return rows;
    }

    private static OwnClient? Usable(Row row)
    {
        var id = row.Id switch
        {
            string text => text,
            IFormattable value => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => null,
        };
        return id is { Length: > 0 } && ClientBsn.Normalise(row.Bsn) is { } bsn ? new OwnClient(id, bsn) : null;
    }

    /// <summary>One row, before anything is made of it.</summary>
    private readonly record struct Row(object Id, string? Bsn)
    {
        public override string ToString() => nameof(Row);
    }

    private static partial class Log
    {
        [LoggerMessage(5602, LogLevel.Warning, "{Count} clients have a number that is no BSN and cannot be found by others")]
        public static partial void Unusable(ILogger logger, int count);
    }
}
