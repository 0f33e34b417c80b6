using System.Globalization;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>Moments, as the catalogue wants them: RFC 3339 in UTC.</summary>
internal static class InstantText
{
    /// <summary>Of a text with a date and a time of day; without an offset it is the clock on the organisation's wall. Null for anything else.</summary>
    public static string? Read(string text, TimeZoneInfo zone) =>
        text.Length > 10 && text[10] is ('T' or ' ')
        && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? Of(time, zone) : null;

    /// <summary>Of a moment when it is in UTC; otherwise of a wall clock. Null at the ends of time, where databases keep their infinities.</summary>
    public static string? Of(DateTime time, TimeZoneInfo zone)
    {
        if (time.Year is 1 or 9999)
        {
            return null;
        }

        var moment = time.Kind == DateTimeKind.Utc ? new DateTimeOffset(time) : new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), zone.GetUtcOffset(time));
        return moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);
    }
}
