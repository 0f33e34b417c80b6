namespace Keten.Gateway.Involvement.View;

/// <summary>Days that are no Saturday, Sunday or public holiday (Algemene termijnenwet, article 3).</summary>
internal static class WorkingDays
{
    /// <summary>To answer who has the lead (M7).</summary>
    public const int LeadAnswer = 5;

    /// <summary>The last of so many working days after this day.</summary>
    public static DateOnly After(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            count -= IsWorkingDay(day) ? 1 : 0;
        }

        return day;
    }

    private static bool IsWorkingDay(DateOnly day)
    {
        if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            return false;
        }

        if ((day.Month, day.Day) is (1, 1) or (5, 5) or (12, 25) or (12, 26) || day == KingsDay(day.Year))
        {
            return false;
        }

        // Good Friday, Easter Monday, Ascension Day, Whit Monday.
        return (day.DayNumber - Easter(day.Year).DayNumber) is not (-2 or 1 or 39 or 50);
    }

    private static DateOnly KingsDay(int year)
    {
        var day = new DateOnly(year, 4, 27);
        return day.DayOfWeek == DayOfWeek.Sunday ? day.AddDays(-1) : day;
    }

    // Gregorian computus (Meeus, Jones, Butcher); the letters are theirs.
    private static DateOnly Easter(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var sum = h + l - (7 * m) + 114;
        return new DateOnly(year, sum / 31, (sum % 31) + 1);
    }
}
