namespace Keten.Demo.Layouts;

/// <summary>Where a layout keeps one field.</summary>
/// <param name="Field">Catalogue name; for a state <c>states.name</c>.</param>
/// <param name="Encode">From the catalogue's text to what the column holds.</param>
internal sealed record Place(string Field, string Table, string Column, Func<string, object> Encode)
{
    /// <summary>Column and value that tell this row from the client's other rows in the same table.</summary>
    public (string Column, object Value)? Row { get; init; }

    /// <summary>Key table (table, id, text) of which the column holds the id.</summary>
    public (string Table, string Id, string Text)? Keys { get; init; }
}
