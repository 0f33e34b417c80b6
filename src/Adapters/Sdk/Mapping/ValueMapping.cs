using System.Collections.Frozen;
using System.Globalization;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>How what a source holds becomes the value of one catalogue field. Where it is found in the source is the connector's.</summary>
internal record ValueMapping(CatalogueField Field, string Key, int Line)
{
    public string? Constant { get; init; }

    /// <summary>From what the source holds to what the catalogue says; null: as it is.</summary>
    public FrozenDictionary<string, string>? Map { get; init; }

    /// <summary>For a value that is not in <see cref="Map"/>; null: such a value is a fault in the source.</summary>
    public string? Otherwise { get; init; }

    public string? WhenNull { get; init; }

    public DatePattern? Date { get; init; }

    /// <summary>What stands between the texts of a list; null: the source holds one.</summary>
    public string? Split { get; init; }

    /// <summary>Shortest length; shorter values get zeros in front.</summary>
    public int Pad { get; init; }

    /// <summary>Makes a value that is there fit the catalogue; null is absent. False: the mapping does not know what to do with it.</summary>
    public bool Fit(ref string? value)
    {
        if (Map is { } map)
        {
            value = map.GetValueOrDefault(value!) ?? Otherwise;
            return value is not null;
        }

        return Field.Kind switch
        {
            FieldKind.Flag => FitFlag(ref value),
            FieldKind.Date => FitDate(Date!, ref value),
            FieldKind.Number => FitNumber(ref value),
            FieldKind.Instant or FieldKind.List => true,
            _ => FitText(ref value),
        };
    }

    private bool FitFlag(ref string? value)
    {
        value = value switch
        {
            "1" or "true" or "TRUE" or "True" or "t" => "true",
            "0" or "false" or "FALSE" or "False" or "f" => "false",
            _ => Otherwise,
        };
        return value is not null;
    }

    private static bool FitDate(DatePattern pattern, ref string? value)
    {
        var reading = pattern.Read(value!, out var date);
        value = reading == DateReading.Date ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
        return reading != DateReading.NotADate;
    }

    private static bool FitNumber(ref string? value)
    {
        value = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture) : null;
        return value is not null;
    }

    private bool FitText(ref string? value)
    {
        if (Pad > value!.Length && value.All(char.IsAsciiDigit))
        {
            value = value.PadLeft(Pad, '0');
        }

        if (Field.Values is { } allowed && !allowed.Contains(value, StringComparer.Ordinal))
        {
            value = Otherwise;
        }

        return value is not null;
    }
}
