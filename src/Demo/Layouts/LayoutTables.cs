namespace Keten.Demo.Layouts;

/// <summary>One organisation's tables, as far as the demo fills them.</summary>
/// <param name="Folder">Folder with schema.sql and mapping.yaml.</param>
/// <param name="ClientTable">The table with a row per client.</param>
/// <param name="ClientColumn">The client's id, in every table.</param>
/// <param name="RowNumber">Column that numbers the rows of the lists.</param>
internal sealed record LayoutTables(string Folder, string ClientTable, string ClientColumn, string BsnColumn, string RowNumber)
{
    public required IReadOnlyList<Place> Naw { get; init; }

    public required IReadOnlyList<Place> Household { get; init; }

    public required IReadOnlyList<Place> Involvement { get; init; }

    /// <summary>None: this system keeps no plans.</summary>
    public IReadOnlyList<Place> Plan { get; init; } = [];

    /// <summary>None: this system takes in no crises.</summary>
    public IReadOnlyList<Place> CrisisIntake { get; init; } = [];

    public required IReadOnlyList<Place> Facts { get; init; }
}
