using System.Collections.Frozen;
using System.Globalization;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>Reads what makes a value fit the catalogue: <c>constant</c>, <c>map</c>, <c>otherwise</c>, <c>when_null</c>, <c>date</c>, <c>split</c> and <c>pad</c>.</summary>
internal sealed class ValueParser(CatalogueField field, TimeZoneInfo zone, Faults faults)
{
    public T Read<T>(YamlMap map, T mapping)
        where T : ValueMapping => mapping with
        {
            Constant = Value(map, "constant"),
            Map = ReadMap(map),
            Otherwise = Value(map, "otherwise"),
            WhenNull = Value(map, "when_null"),
            Date = ReadDate(map),
            Split = map.Text("split"),
            Pad = ReadPad(map, mapping.Pad),
        };

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

    private bool Fits(string value, YamlDotNet.RepresentationModel.YamlNode at, string key)
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

    private int ReadPad(YamlMap map, int otherwise)
    {
        if (!map.Has("pad"))
        {
            return otherwise;
        }

        if (int.TryParse(map.Text("pad"), NumberStyles.None, CultureInfo.InvariantCulture, out var pad) && pad is >= 1 and <= 20)
        {
            return pad;
        }

        faults.Add(map.LineOf("pad"), map.Key("pad"), "expected a length, 1 to 20");
        return 0;
    }
}
