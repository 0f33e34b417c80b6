using CsCheck;
using Keten.Adapters.Sdk.Disclosure;

namespace Keten.Adapters.Sdk.Tests.Disclosure;

public sealed class AgeTests
{
    [Theory]
    [InlineData("2010-06-15", "2026-06-14", 15)]
    [InlineData("2010-06-15", "2026-06-15", 16)]
    [InlineData("2010-06-15", "2026-06-16", 16)]
    [InlineData("2010-12-31", "2026-01-01", 15)]
    [InlineData("2010-01-01", "2026-12-31", 16)]
    [InlineData("2026-03-02", "2026-03-02", 0)]
    [InlineData("1912-02-29", "2026-03-01", 114)]
    public void Counts_whole_years_up_to_and_with_the_birthday(string born, string day, int years) =>
        Assert.Equal(years, Age.On(DateOnly.Parse(born, null), DateOnly.Parse(day, null)));

    [Theory]
    [InlineData("2008-02-29", "2024-02-28", 15)]
    [InlineData("2008-02-29", "2024-02-29", 16)]
    [InlineData("2008-02-29", "2026-02-28", 17)]
    [InlineData("2008-02-29", "2026-03-01", 18)]
    [InlineData("2000-02-29", "2100-02-28", 99)]
    [InlineData("2000-02-29", "2100-03-01", 100)]
    public void Of_29_February_the_birthday_is_1_March_in_other_years(string born, string day, int years) =>
        Assert.Equal(years, Age.On(DateOnly.Parse(born, null), DateOnly.Parse(day, null)));

    [Fact]
    public void Rises_by_one_exactly_once_in_every_year() =>
        Gen.Select(Gen.Int[693_596, 730_000], Gen.Int[0, 100]).Sample((born, year) =>
        {
            var birth = DateOnly.FromDayNumber(born);
            var first = new DateOnly(birth.Year + year, 1, 1);
            var ages = Enumerable.Range(0, DateTime.IsLeapYear(first.Year) ? 366 : 365).Select(d => Age.On(birth, first.AddDays(d))).ToList();
            Assert.Equal([year - 1, year], ages.Prepend(year - 1).Distinct());
            Assert.Equal(ages.Order(), ages);
        }, iter: 300);
}
