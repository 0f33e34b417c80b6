using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Sql.Mapping;

/// <summary>How one field is filled.</summary>
internal sealed record FieldMapping(CatalogueField Field, string Key, int Line) : ValueMapping(Field, Key, Line)
{
    /// <summary>Places in <see cref="SectionMapping.Columns"/>; none for a constant, several for a concatenation.</summary>
    public int[] Slots { get; init; } = [];

    public string Separator { get; init; } = " ";
}
