using Keten.Adapters.Sdk.Mapping;
using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Sql.Mapping;

/// <summary>Reads how one field is filled: a column name, or column, constant or concat with what makes the value fit the catalogue.</summary>
internal sealed class FieldParser(CatalogueField field, string path, TimeZoneInfo zone, Faults faults, Func<string, int, string, int?> slot)
{
    private static readonly string[] Sources = ["column", "constant", "concat"];

    public FieldMapping? Read(YamlNode node)
    {
        if (node is YamlScalarNode)
        {
            return YamlMap.TextOf(node, path, faults) is { } column && slot(column, (int)node.Start.Line, path) is { } index
                ? Default((int)node.Start.Line) with { Slots = [index] } : null;
        }

        if (YamlMap.From(node, path, faults) is not { } map)
        {
            return null;
        }

        map.Allow(Keys());
        if (field.Name == "client_id" && map.Text("type") is { } type && !Enum.GetNames<ClientIdType>().Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            faults.Add(map.LineOf("type"), map.Key("type"), "expected text, integer or uuid");
        }

        if (Sources.Count(map.Has) != 1)
        {
            faults.Add(map.Line, path, field.Name is "client_id" or "bsn" ? "expected 'column'" : "expected one of 'column', 'constant' or 'concat'");
            return null;
        }

        return Slots(map) is { } slots
            ? new ValueParser(field, zone, faults).Read(map, Default(map.Line) with { Slots = slots, Separator = map.Text("separator") ?? " " })
            : null;
    }

    private FieldMapping Default(int line) =>
        new(field, path, line) { Date = field.Kind == FieldKind.Date ? DatePattern.Iso(zone) : null, Pad = field.Name == "bsn" ? 9 : 0 };

    private string[] Keys() => field.Name switch
    {
        "client_id" => ["column", "type"],
        "bsn" => ["column"],
        _ when field.Kind == FieldKind.Date => ["column", "constant", "when_null", "date"],
        _ when field.Kind is FieldKind.Instant or FieldKind.Number => ["column", "constant", "when_null"],
        _ when field.Kind == FieldKind.List => ["column", "constant", "split"],
        _ when field.Kind == FieldKind.Flag => ["column", "constant", "map", "otherwise", "when_null"],
        _ => ["column", "constant", "concat", "separator", "map", "otherwise", "when_null", "pad"],
    };

    private int[]? Slots(YamlMap map)
    {
        var names = map.Has("column") ? [(map.Text("column"), map.LineOf("column"), map.Key("column"))]
            : map.List("concat").Select(c => (YamlMap.TextOf(c.Node, c.Path, faults), (int)c.Node.Start.Line, c.Path)).ToArray();
        var slots = names.Select(n => n.Item1 is { } column ? slot(column, n.Item2, n.Item3) : null).ToArray();
        if (map.Has("concat") && slots.Length == 0)
        {
            faults.Add(map.LineOf("concat"), map.Key("concat"), "expected at least one column");
        }

        return slots.All(s => s is not null) ? [.. slots.Select(s => s!.Value)] : null;
    }
}
