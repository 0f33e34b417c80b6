using System.Globalization;
using System.Text.Json;

namespace Keten.Demo.Layouts;

/// <summary>How the demo systems write a catalogue value: the other way around from what their mapping files read.</summary>
internal static class Encode
{
    private const char ListSeparator = '|';

    public static Func<string, object> Text { get; } = value => value;

    public static Func<string, object> Date(string format) => value =>
        DateOnly.ParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture).ToString(format, CultureInfo.InvariantCulture);

    public static Func<string, object> DateNumber { get; } = value => long.Parse((string)Date("yyyyMMdd")(value), CultureInfo.InvariantCulture);

    public static Func<string, object> Flag(object yes, object no) => value => value switch
    {
        "true" => yes,
        "false" => no,
        _ => throw new ArgumentException("expected true or false"),
    };

    public static Func<string, object> Code(params (string Value, string Code)[] codes) => value =>
        codes.FirstOrDefault(c => c.Value == value).Code ?? throw new ArgumentException($"expected one of {string.Join(", ", codes.Select(c => c.Value))}");

    /// <summary>A value of a scenario file as text.</summary>
    public static string Plain(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable<string> texts => string.Join(ListSeparator, texts),
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number } json => json.GetRawText(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException("expected text, texts, a number, true or false"),
    };
}
