using System.Globalization;
using System.Text.RegularExpressions;

namespace Keten.Adapters.Sdk.Mapping;

internal enum DateReading
{
    Date,

    /// <summary>A date of which day or month is not known, as the BRP writes it (19890300, 00000000): no date, and no fault.</summary>
    Incomplete,
    NotADate,
}

/// <summary>How a column writes dates: <c>iso</c>, <c>unix</c>, <c>unix_ms</c>, or a pattern of dd, mm, yyyy and separators.</summary>
internal sealed partial class DatePattern
{
    private const string UnixSeconds = "unix";
    private const string UnixMilliseconds = "unix_ms";
    private readonly string _format;
    private readonly TimeZoneInfo _zone;

    private DatePattern(string format, TimeZoneInfo zone) => (_format, _zone) = (format, zone);

    public static DatePattern Iso(TimeZoneInfo zone) => new("yyyy-MM-dd", zone);

    public static DatePattern? TryCreate(string text, TimeZoneInfo zone)
    {
        // mm can only be months here, so that ddmmyyyy and yyyyMMdd both mean what people mean by them.
        var format = text.Trim().ToLowerInvariant();
        if (format is UnixSeconds or UnixMilliseconds)
        {
            return new DatePattern(format, zone);
        }

        return format == "iso" ? Iso(zone)
            : Shape().IsMatch(format) && "dmy".All(format.Contains) ? new DatePattern(format.Replace('m', 'M'), zone) : null;
    }

    /// <summary>The date of an instant, where the organisation is.</summary>
    public static DateOnly DateOf(DateTimeOffset instant, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    public DateReading Read(string text, out DateOnly date)
    {
        if (_format is UnixSeconds or UnixMilliseconds)
        {
            return ReadUnix(text, out date);
        }

        // A leading zero is lost where the column is a number.
        var padded = _format.Length == 8 && text.Length == 7 ? "0" + text : text;
        if (DateOnly.TryParseExact(padded, _format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
        {
            return DateReading.Date;
        }

        if (IsIncomplete(padded))
        {
            return DateReading.Incomplete;
        }

        return _format == "yyyy-MM-dd" && ReadTimestamp(padded, out date) ? DateReading.Date : DateReading.NotADate;
    }

    [GeneratedRegex("^(dd?|mm?|yyyy)([-/. ]?)(dd?|mm?|yyyy)\\2(dd?|mm?|yyyy)$")]
    private static partial Regex Shape();

    private DateReading ReadUnix(string text, out DateOnly date)
    {
        date = default;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return DateReading.NotADate;
        }

        var seconds = _format == UnixSeconds ? number : Math.DivRem(number, 1000).Quotient;
        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() + 86_400 || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 86_400)
        {
            return DateReading.NotADate;
        }

        var instant = _format == UnixSeconds ? DateTimeOffset.FromUnixTimeSeconds(number) : DateTimeOffset.FromUnixTimeMilliseconds(number);
        date = DateOf(instant, _zone);
        return DateReading.Date;
    }

    private bool ReadTimestamp(string text, out DateOnly date)
    {
        date = default;
        if (text.Length <= 10 || text[10] is not ('T' or ' '))
        {
            return false;
        }

        // An instant when it names its offset; otherwise the clock on the organisation's wall.
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
        {
            return false;
        }

        date = time.Kind == DateTimeKind.Utc ? DateOf(new DateTimeOffset(time), _zone) : DateOnly.FromDateTime(time);
        return true;
    }

    private bool IsIncomplete(string text)
    {
        if (text.Length != _format.Length)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiLetter(_format[i]) ? !char.IsAsciiDigit(text[i]) : text[i] != _format[i])
            {
                return false;
            }
        }

        return "dMy".Any(part => text.Where((_, i) => _format[i] == part).All(c => c == '0'));
    }
}
