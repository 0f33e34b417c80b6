using System.Collections.Frozen;
using System.Globalization;
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
            ? Default(map.Line) with
            {
                Slots = slots,
                Separator = map.Text("separator") ?? " ",
                Split = map.Text("split"),
                Constant = Value(map, "constant"),
                Map = ReadMap(map),
                Otherwise = Value(map, "otherwise"),
                WhenNull = Value(map, "when_null"),
                Date = ReadDate(map),
                Pad = ReadPad(map),
            }
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

    private FrozenDictionary<string, string>? ReadMap(YamlMap map)
    {
        if (!map.Has("map") || map.Map("map") is not { } values)
        {
            return null;
        }

        // Capitals are not what tells codes apart, in the systems this was made for.
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (from, node) in values.Entries)
        {
            if (YamlMap.TextOf(node, values.Key(from), faults) is { } to && Fits(to, node, values.Key(from)) && !result.TryAdd(from.Trim(), to))
            {
                faults.Add(node, values.Key(from), "is there already (capitals do not count)");
            }
        }

        return result.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private string? Value(YamlMap map, string key) =>
        map.Text(key) is { } value && Fits(value, map.Entries[key], map.Key(key)) ? value : null;

    private bool Fits(string value, YamlNode at, string key)
    {
        var expected = field.Kind switch
        {
            FieldKind.Flag when value is not ("true" or "false") => "expected true or false",
            FieldKind.Date when !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => "expected a date, yyyy-mm-dd",
            FieldKind.Instant when InstantText.Read(value, zone) is null => "expected a date and time, yyyy-mm-ddThh:mm:ss with Z or an offset",
            FieldKind.Number when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "expected a whole number",
            FieldKind.Text when field.Values is { } values && !values.Contains(value, StringComparer.Ordinal) =>
                $"not a value of {field.Name}{Suggestion.For(value, values)}",
            _ => null,
        };
        if (expected is not null)
        {
            faults.Add(at, key, expected);
        }

        return expected is null;
    }

    private DatePattern? ReadDate(YamlMap map)
    {
        if (field.Kind != FieldKind.Date)
        {
            return null;
        }

        var pattern = map.Text("date") is { } text ? DatePattern.TryCreate(text, zone) : DatePattern.Iso(zone);
        if (pattern is null)
        {
            faults.Add(map.LineOf("date"), map.Key("date"), "expected iso, unix, unix_ms, or a pattern such as yyyymmdd, ddmmyyyy or dd-mm-yyyy");
        }

        return pattern;
    }

    private int ReadPad(YamlMap map)
    {
        if (!map.Has("pad"))
        {
            return field.Name == "bsn" ? 9 : 0;
        }

        if (int.TryParse(map.Text("pad"), NumberStyles.None, CultureInfo.InvariantCulture, out var pad) && pad is >= 1 and <= 20)
        {
            return pad;
        }

        faults.Add(map.LineOf("pad"), map.Key("pad"), "expected a length, 1 to 20");
        return 0;
    }
}
