using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Keten.Gateway.Involvement.View;

/// <summary>A calendar day (UTC) in two bytes: 1900 to 2079. 0 is none.</summary>
internal static class PackedDay
{
    private const string Format = "yyyy-MM-dd";
    private static readonly int Zero = new DateOnly(1899, 12, 31).DayNumber;

    public static ushort Of(DateOnly day) => (ushort)Math.Clamp(day.DayNumber - Zero, 1, ushort.MaxValue);

    public static ushort Of(DateTimeOffset moment) => Of(DateOnly.FromDateTime(moment.UtcDateTime));

    public static ushort Of(Timestamp? moment) => moment is null ? (ushort)0 : Of(moment.ToDateTimeOffset());

    /// <summary>False for a text that would not come back the same.</summary>
    public static bool TryParse(string text, out ushort packed)
    {
        packed = 0;
        if (!DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day.DayNumber - Zero is < 1 or > ushort.MaxValue)
        {
            return false;
        }

        packed = Of(day);
        return true;
    }

    public static DateOnly ToDate(ushort packed) => DateOnly.FromDayNumber(Zero + packed);

    public static string ToText(ushort packed) => ToDate(packed).ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Midnight, UTC; null for none.</summary>
    public static Timestamp? ToTimestamp(ushort packed) =>
        packed == 0 ? null : ToDate(packed).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).ToTimestamp();
}
