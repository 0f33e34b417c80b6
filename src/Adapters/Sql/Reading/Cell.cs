using System.Data.Common;
using System.Globalization;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Reading;

/// <summary>What a column holds, as text in one form for all databases.</summary>
internal static class Cell
{
    /// <summary>False when the column holds what is no text, number, date or boolean. Null, empty and blank are the same: nothing.</summary>
    public static bool TryRead(DbDataReader reader, int ordinal, TimeZoneInfo zone, out string? text)
    {
        text = reader.GetValue(ordinal) switch
        {
            string value => value.Trim(),
            long value => value.ToString(CultureInfo.InvariantCulture),
            int value => value.ToString(CultureInfo.InvariantCulture),
            short value => value.ToString(CultureInfo.InvariantCulture),
            decimal value => value.ToString("0.#############################", CultureInfo.InvariantCulture),
            double value => value.ToString("R", CultureInfo.InvariantCulture),
            float value => value.ToString("R", CultureInfo.InvariantCulture),
            bool value => value ? "true" : "false",
            char value => value.ToString().Trim(),
            DateOnly value => Iso(value),
            DateTime { Kind: DateTimeKind.Utc } value => Iso(DatePattern.DateOf(new DateTimeOffset(value), zone)),
            DateTime value => Iso(DateOnly.FromDateTime(value)),
            DateTimeOffset value => Iso(DatePattern.DateOf(value, zone)),
            Guid value => value.ToString("D"),
            DBNull => "",
            _ => null,
        };
        if (text is null)
        {
            return false;
        }

        text = text.Length == 0 ? null : text;
        return true;
    }

    /// <summary>The same of a column that holds a moment: RFC 3339 in UTC. False also when it names no time of day, because nothing is guessed.</summary>
    public static bool TryReadInstant(DbDataReader reader, int ordinal, TimeZoneInfo zone, out string? text)
    {
        switch (reader.GetValue(ordinal))
        {
            case DateTime value:
                text = InstantText.Of(value, zone);
                return text is not null;
            case DateTimeOffset value:
                text = InstantText.Of(value.UtcDateTime, zone);
                return text is not null;
            default:
                if (!TryRead(reader, ordinal, zone, out text) || text is null)
                {
                    return text is null;
                }

                text = InstantText.Read(text, zone);
                return text is not null;
        }
    }

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
