using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sql.Mapping;

namespace Keten.Adapters.Sql.Tests.Mapping;

public sealed class DatePatternTests
{
    private static readonly TimeZoneInfo Amsterdam = TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam");

    [Theory]
    [InlineData("iso", "2017-06-20", "2017-06-20")]
    [InlineData("iso", "2017-06-20T23:30:00", "2017-06-20")]
    [InlineData("iso", "2017-06-20 00:00:00", "2017-06-20")]
    [InlineData("iso", "2017-06-19T22:30:00Z", "2017-06-20")]
    [InlineData("iso", "2017-06-19T23:30:00+01:00", "2017-06-20")]
    [InlineData("yyyyMMdd", "20170620", "2017-06-20")]
    [InlineData("ddmmyyyy", "20062017", "2017-06-20")]
    [InlineData("ddmmyyyy", "1022017", "2017-02-01")]
    [InlineData("dd-MM-yyyy", "20-06-2017", "2017-06-20")]
    [InlineData("d/m/yyyy", "2/6/2017", "2017-06-02")]
    [InlineData("unix", "1497909600", "2017-06-20")]
    [InlineData("unix", "-86400", "1969-12-31")]
    [InlineData("unix_ms", "1497909600000", "2017-06-20")]
    public void Reads_a_date(string pattern, string text, string expected)
    {
        Assert.Equal(DateReading.Date, DatePattern.TryCreate(pattern, Amsterdam)!.Read(text, out var date));
        Assert.Equal(DateOnly.Parse(expected), date);
    }

    [Theory]
    [InlineData("yyyymmdd", "19890300")]
    [InlineData("yyyymmdd", "00000000")]
    [InlineData("iso", "1989-00-00")]
    public void A_date_of_which_a_part_is_not_known_is_incomplete(string pattern, string text) =>
        Assert.Equal(DateReading.Incomplete, DatePattern.TryCreate(pattern, Amsterdam)!.Read(text, out _));

    [Theory]
    [InlineData("yyyymmdd", "20171320")]
    [InlineData("yyyymmdd", "onbekend")]
    [InlineData("iso", "20-06-2017")]
    [InlineData("iso", "2017-06-31")]
    [InlineData("unix", "x")]
    [InlineData("unix", "99999999999999999")]
    public void Anything_else_is_no_date(string pattern, string text) =>
        Assert.Equal(DateReading.NotADate, DatePattern.TryCreate(pattern, Amsterdam)!.Read(text, out _));

    [Theory]
    [InlineData("ddmm")]
    [InlineData("yyyy-mm-dd hh")]
    [InlineData("ddddmmyyyy")]
    [InlineData("")]
    public void What_is_no_pattern_is_refused(string pattern) => Assert.Null(DatePattern.TryCreate(pattern, Amsterdam));
}
