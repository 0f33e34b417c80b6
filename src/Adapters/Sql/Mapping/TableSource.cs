namespace Keten.Adapters.Sql.Mapping;

/// <summary>One table in the FROM clause.</summary>
/// <param name="Name">Schema (or nothing) and table.</param>
internal sealed record TableName(IReadOnlyList<string> Name, string Alias, int Line, string Key);

/// <summary>A column that must equal a constant from the mapping file.</summary>
internal sealed record Condition(ColumnReference Column, string Value);

internal sealed record Join(TableName Table, bool Inner, IReadOnlyList<(ColumnReference Left, ColumnReference Right)> On, IReadOnlyList<Condition> Where);

internal sealed record Order(ColumnReference Column, bool Descending);

/// <summary>A section read from tables.</summary>
/// <param name="Client">The column with the client's id; null in the section <c>clients</c>, where it is a field.</param>
internal sealed record TableSource(TableName Main, IReadOnlyList<Join> Joins, IReadOnlyList<Condition> Where, ColumnReference? Client)
{
    public IEnumerable<TableName> Tables => Joins.Select(j => j.Table).Prepend(Main);
}
