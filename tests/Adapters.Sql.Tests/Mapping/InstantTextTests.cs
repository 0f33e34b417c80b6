using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Sql.Tests.Mapping;

public sealed class InstantTextTests
{
    private static readonly TimeZoneInfo Amsterdam = TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam");

    [Theory]
    [InlineData("2026-03-03T23:10:00Z", "2026-03-03T23:10:00Z")]
    [InlineData("2026-03-03T23:10:00+02:00", "2026-03-03T21:10:00Z")]
    [InlineData("2026-03-03 23:10", "2026-03-03T22:10:00Z")]
    [InlineData("2026-07-03 00:10:00.25", "2026-07-02T22:10:00.25Z")]
    public void Reads_a_moment_or_the_clock_on_the_wall(string text, string expected) => Assert.Equal(expected, InstantText.Read(text, Amsterdam));

    [Theory]
    [InlineData("2026-03-03")]
    [InlineData("23:10")]
    [InlineData("03-03-2026 23:10")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2026-03-03T25:00:00Z")]
    [InlineData("0001-01-01T00:00:00")]
    [InlineData("")]
    public void Guesses_at_nothing(string text) => Assert.Null(InstantText.Read(text, Amsterdam));

    [Fact]
    public void An_hour_that_the_clock_skips_or_has_twice_is_a_moment_all_the_same()
    {
        Assert.NotNull(InstantText.Read("2026-03-29T02:30:00", Amsterdam));
        Assert.NotNull(InstantText.Read("2026-10-25T02:30:00", Amsterdam));
    }
}
