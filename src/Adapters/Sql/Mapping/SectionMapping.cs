namespace Keten.Adapters.Sql.Mapping;

/// <summary>One port's mapping. Either <see cref="Table"/> or <see cref="Query"/> is set.</summary>
internal sealed record SectionMapping(string Name, int Line)
{
    public TableSource? Table { get; init; }

    public string? Query { get; init; }

    public int QueryLine { get; init; }

    /// <summary>What is selected, each column once.</summary>
    public required IReadOnlyList<ColumnReference> Columns { get; init; }

    public required IReadOnlyList<FieldMapping> Fields { get; init; }

    public IReadOnlyList<Order> OrderBy { get; init; } = [];

    public FieldMapping Field(string name) => Fields.First(f => f.Field.Name == name);
}
