using System.Globalization;
using System.Text;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Database;

/// <summary>
/// Writes the statements of a mapping, once, at start. Every column carries its table: SQLite takes a bare quoted name that is no column for a text.
/// </summary>
internal static class SelectBuilder
{
    public const string Client = "client";
    public const string After = "after";
    public const string Limit = "limit";

    /// <summary>The rows of one client.</summary>
    public static Statement ForClient(SectionMapping section)
    {
        if (section.Table is not { Client: { } client } table)
        {
            return new Statement(section.Query!, []);
        }

        var constants = new List<KeyValuePair<string, string>>();
        var sql = Select(section.Columns, table, constants);
        sql.Append(CultureInfo.InvariantCulture, $" WHERE {Name(client)} = :{Client}").Append(Conditions(table.Where, constants));
        if (section.OrderBy.Count > 0)
        {
            sql.Append(" ORDER BY ").AppendJoin(", ", section.OrderBy.Select(o => Name(o.Column) + (o.Descending ? " DESC" : "")));
        }

        return new Statement(sql.ToString(), constants);
    }

    /// <summary>One client that has a BSN.</summary>
    public static Statement OneClient(SectionMapping clients)
    {
        var (sql, id, constants) = Clients(clients);
        return new Statement($"{sql} AND {id} = :{Client}", constants);
    }

    /// <summary>
    /// The next page of clients, by id. Pages, not one long statement: a reader that takes its time would hold a SQLite database locked against
    /// the organisation's own writers, and a PostgreSQL one from cleaning up.
    /// </summary>
    public static Statement ClientPage(SectionMapping clients, bool first)
    {
        var (sql, id, constants) = Clients(clients);
        return new Statement($"{sql}{(first ? "" : $" AND {id} > :{After}")} ORDER BY {id} LIMIT :{Limit}", constants);
    }

    /// <summary>No rows, only the columns of a table.</summary>
    public static Statement Columns(TableName table) => new($"SELECT * FROM {Name(table)} WHERE 1 = 0", []);

    private static (string Sql, string Id, List<KeyValuePair<string, string>> Constants) Clients(SectionMapping clients)
    {
        var constants = new List<KeyValuePair<string, string>>();
        var id = clients.Columns[clients.Field("client_id").Slots[0]];
        var bsn = clients.Columns[clients.Field("bsn").Slots[0]];
        if (clients.Table is { } table)
        {
            var sql = Select([id, bsn], table, constants)
                .Append(CultureInfo.InvariantCulture, $" WHERE {Name(bsn)} IS NOT NULL AND {Name(id)} IS NOT NULL")
                .Append(Conditions(table.Where, constants));
            return (sql.ToString(), Name(id), constants);
        }

        const string Alias = "keten_clients";
        (id, bsn) = (id with { Table = Alias }, bsn with { Table = Alias });
        return ($"SELECT {Name(id)}, {Name(bsn)} FROM (\n{clients.Query}\n) AS {SqlDatabase.Quote(Alias)} WHERE {Name(bsn)} IS NOT NULL AND {Name(id)} IS NOT NULL",
            Name(id), constants);
    }

    private static StringBuilder Select(IReadOnlyList<ColumnReference> columns, TableSource table, List<KeyValuePair<string, string>> constants)
    {
        var sql = new StringBuilder("SELECT ").AppendJoin(", ", columns.Select(Name).DefaultIfEmpty("1"))
            .Append(CultureInfo.InvariantCulture, $" FROM {Aliased(table.Main)}");
        foreach (var join in table.Joins)
        {
            sql.Append(CultureInfo.InvariantCulture, $" {(join.Inner ? "INNER" : "LEFT")} JOIN {Aliased(join.Table)} ON ")
                .AppendJoin(" AND ", join.On.Select(p => $"{Name(p.Left)} = {Name(p.Right)}").DefaultIfEmpty("1 = 1"))
                .Append(Conditions(join.Where, constants));
        }

        return sql;
    }

    private static string Conditions(IReadOnlyList<Condition> conditions, List<KeyValuePair<string, string>> constants)
    {
        var sql = new StringBuilder();
        foreach (var condition in conditions)
        {
            var parameter = $"constant{constants.Count}";
            constants.Add(KeyValuePair.Create(parameter, condition.Value));
            sql.Append(CultureInfo.InvariantCulture, $" AND {Name(condition.Column)} = :{parameter}");
        }

        return sql.ToString();
    }

    private static string Aliased(TableName table) => $"{Name(table)} AS {SqlDatabase.Quote(table.Alias)}";

    private static string Name(TableName table) => string.Join('.', table.Name.Select(SqlDatabase.Quote));

    private static string Name(ColumnReference column) => $"{SqlDatabase.Quote(column.Table)}.{SqlDatabase.Quote(column.Name)}";
}
