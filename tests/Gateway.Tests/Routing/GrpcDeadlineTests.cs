using System.Globalization;
using Keten.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Keten.Gateway.Tests.Routing;

public sealed class GrpcDeadlineTests
{
    /// <summary>TimeoutValue and TimeoutUnit of "gRPC over HTTP2".</summary>
    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("1M", 60_000)]
    [InlineData("30S", 30_000)]
    [InlineData("250m", 250)]
    [InlineData("1500u", 1.5)]
    [InlineData("1000000n", 1)]
    [InlineData("00000010S", 10_000)]
    public void Reads_every_unit_of_the_protocol(string sent, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read(sent));

    [Theory]
    [InlineData("99999999H")]
    [InlineData("99999999M")]
    [InlineData("99999999S")]
    [InlineData("99999999m")]
    [InlineData("2H")]
    public void Nothing_waits_longer_than_an_hour_and_nothing_overflows(string sent) => Assert.Equal(TimeSpan.FromHours(1), Read(sent));

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("10")]
    [InlineData("10s")]
    [InlineData("10 S")]
    [InlineData(" 10S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData("1e3S")]
    [InlineData("123456789S")]
    [InlineData("0S")]
    [InlineData("0n")]
    [InlineData("99n")]
    [InlineData("\u0661S")]
    public void What_is_malformed_or_nothing_at_all_counts_as_passed(string sent) => Assert.Equal(TimeSpan.Zero, Read(sent));

    [Fact]
    public void Two_deadlines_count_as_passed() => Assert.Equal(TimeSpan.Zero, Read(new StringValues(["1S", "2S"])));

    [Fact]
    public void No_deadline_is_no_deadline() => Assert.Null(GrpcDeadline.Read(new HeaderDictionary()));

    [Theory]
    [InlineData(0, "1m")]
    [InlineData(-5, "1m")]
    [InlineData(0.2, "1m")]
    [InlineData(250, "250m")]
    [InlineData(3_600_000, "3600000m")]
    [InlineData(1e12, "99999999m")]
    public void What_is_left_is_written_as_the_protocol_allows_it(double milliseconds, string written)
    {
        Assert.Equal(written, GrpcDeadline.Write(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.True(long.Parse(written[..^1], CultureInfo.InvariantCulture) < 100_000_000);
    }

    private static TimeSpan? Read(StringValues sent) => GrpcDeadline.Read(new HeaderDictionary { ["grpc-timeout"] = sent });
}
