namespace Keten.Adapters.Sql.Mapping;

/// <summary>A column the mapping names. <paramref name="Table"/> is the alias of its table, empty for a column of a query.</summary>
internal sealed record ColumnReference(string Table, string Name, int Line, string Key)
{
    public bool SameAs(ColumnReference other) => Table == other.Table && Name == other.Name;
}
