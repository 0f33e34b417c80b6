using System.Data.Common;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Mapping;
using Keten.Adapters.Sql.Reading;

namespace Keten.Adapters.Sql.Sources;

/// <summary>The rows of one client in one section.</summary>
internal sealed class ClientQuery<T>
    where T : new()
{
    private readonly SqlDatabase _database;
    private readonly SectionMapping _section;
    private readonly ClientIdType _idType;
    private readonly Statement _statement;
    private readonly RowReader<T> _rows;

    public ClientQuery(SqlDatabase database, SqlMapping mapping, string section, Func<CatalogueField, Target<T>> target, Action<FieldMapping> unreadable)
    {
        _database = database;
        _section = mapping.Section(section) ?? throw new InvalidOperationException($"the mapping has no section {section}");
        _idType = mapping.ClientIdType;
        _statement = SelectBuilder.ForClient(_section);
        _rows = new RowReader<T>(_section, target, mapping.Database.Zone, unreadable);
    }

    /// <summary>All rows, in the order of the mapping.</summary>
    public Task<List<T>> AllAsync(string clientId, CancellationToken cancellationToken) => ReadAsync(clientId, int.MaxValue, cancellationToken);

    /// <summary>The one row; default when there is none. Two rows are one too many, unless the mapping says by <c>order_by</c> which comes first.</summary>
    public async Task<T?> SingleAsync(string clientId, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(clientId, limit: 2, cancellationToken);
        return rows.Count < 2 || _section.OrderBy.Count > 0
            ? rows.FirstOrDefault()
            : throw new SourceUnavailableException(_section.Name, "value", "more than one row for one client; name the one by 'where', or the first by 'order_by'");
    }

    private async Task<List<T>> ReadAsync(string clientId, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        return ClientId.TryConvert(clientId, _idType, out var id)
            ? await _database.ReadAsync(_section.Name, _statement, [KeyValuePair.Create(SelectBuilder.Client, (object?)id)], Read, cancellationToken)
            : [];

        async Task<List<T>> Read(DbDataReader reader, CancellationToken token)
        {
            var ordinals = _rows.Ordinals(reader);
            var rows = new List<T>();
            while (rows.Count < limit && await reader.ReadAsync(token))
            {
                rows.Add(_rows.Read(reader, ordinals));
            }

            return rows;
        }
    }
}
