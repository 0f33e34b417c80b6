using System.Collections.Frozen;

namespace Keten.Adapters.Sql.Mapping;

/// <summary>How one field is filled.</summary>
internal sealed record FieldMapping(CatalogueField Field, string Key, int Line)
{
    /// <summary>Places in <see cref="SectionMapping.Columns"/>; none for a constant, several for a concatenation.</summary>
    public int[] Slots { get; init; } = [];

    public string Separator { get; init; } = " ";

    public string? Constant { get; init; }

    /// <summary>From what the column holds to what the catalogue says; null: as it is.</summary>
    public FrozenDictionary<string, string>? Map { get; init; }

    /// <summary>For a value that is not in <see cref="Map"/>; null: such a value is a fault in the source.</summary>
    public string? Otherwise { get; init; }

    public string? WhenNull { get; init; }

    public DatePattern? Date { get; init; }

    /// <summary>What stands between the texts of a list; null: the column holds one.</summary>
    public string? Split { get; init; }

    /// <summary>Shortest length; shorter values get zeros in front.</summary>
    public int Pad { get; init; }
}
