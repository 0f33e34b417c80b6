using System.Globalization;
using Keten.Gateway.Involvement.View;

namespace Keten.Gateway.Tests.Involvement;

public sealed class WorkingDaysTests
{
    [Theory]
    [InlineData("2026-03-02", "2026-03-09")] // an ordinary week
    [InlineData("2026-04-02", "2026-04-13")] // Good Friday, Easter Monday
    [InlineData("2026-04-24", "2026-05-04")] // King's Day
    [InlineData("2026-04-29", "2026-05-07")] // 5 May
    [InlineData("2026-05-08", "2026-05-18")] // Ascension Day
    [InlineData("2026-05-22", "2026-06-01")] // Whit Monday
    [InlineData("2026-12-24", "2027-01-04")] // Christmas, New Year
    [InlineData("2027-12-24", "2027-12-31")] // Christmas in a weekend
    public void Weekends_and_public_holidays_do_not_count(string from, string until) =>
        Assert.Equal(Date(until), WorkingDays.After(Date(from), 5));

    private static DateOnly Date(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
