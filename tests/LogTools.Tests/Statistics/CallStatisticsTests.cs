using Keten.LogTools.Query;
using Keten.LogTools.Statistics;

namespace Keten.LogTools.Tests.Statistics;

public sealed class CallStatisticsTests
{
    [Fact]
    public void A_count_below_five_is_not_shown_nor_the_one_that_would_give_it_away()
    {
        Assert.Equal([100, null, null], SmallCounts.Hide([100, 3, 40]));
        Assert.Equal([100, null, null, 40], SmallCounts.Hide([100, 3, 4, 40]));
        Assert.Equal([100, 0, 40], SmallCounts.Hide([100, 0, 40]));
        Assert.Equal([null], SmallCounts.Hide([1]));
    }

    [Fact]
    public async Task Groups_reasons_and_durations_are_counted_and_small_ones_hidden_unless_asked()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(
            Enumerable.Range(0, 100).SelectMany(i => new[] { Some.Decision(i), Some.Outcome(i, microseconds: (i + 1) * 1000) })
                .Concat(Enumerable.Range(200, 20).Select(i => Some.Refused(i)))
                .Concat(Enumerable.Range(300, 2).Select(i => Some.Refused(i, "NO_CONSENT"))));

        var exact = await Run.LogAsync("stats", log.Directory, "--by", "reason", "--exact", "--json");
        Assert.Equal(0, exact.ExitCode);
        Assert.Contains("not for management information", exact.Error, StringComparison.Ordinal);
        var all = exact.Json.GetProperty("all");
        Assert.Equal((122, 100, 22), (all.GetProperty("calls").GetInt32(), all.GetProperty("allowed").GetInt32(), all.GetProperty("refused").GetInt32()));
        Assert.InRange(all.GetProperty("p50Milliseconds").GetDouble(), 50, 52);
        Assert.InRange(all.GetProperty("p99Milliseconds").GetDouble(), 99, 103);
        Assert.Equal(2, exact.Json.GetProperty("groups").EnumerateArray().Single(g => g.GetProperty("name").GetString() == "NO_CONSENT").GetProperty("calls").GetInt32());

        var shown = await Run.LogAsync("stats", log.Directory, "--by", "reason", "--json");
        var groups = shown.Json.GetProperty("groups").EnumerateArray().ToDictionary(g => g.GetProperty("name").GetString()!);
        Assert.Equal(100, groups["ALLOWED"].GetProperty("calls").GetInt32());
        Assert.Null(Number(groups["NO_CONSENT"], "calls"));
        Assert.Null(Number(groups["NOT_INVOLVED"], "calls"));
        Assert.DoesNotContain("\"calls\": 2\n", shown.Output, StringComparison.Ordinal);

        static int? Number(System.Text.Json.JsonElement group, string name) =>
            group.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.Number ? value.GetInt32() : null;
    }

    [Fact]
    public void A_percentile_is_right_to_three_percent_over_the_whole_range()
    {
        foreach (var value in new long[] { 0, 1, 31, 32, 63, 64, 1000, 123_456, 987_654_321, long.MaxValue / 2 })
        {
            var histogram = new DurationHistogram();
            histogram.Add(value);

            Assert.InRange(histogram.Percentile(50), value, value + (value / 32) + 1);
        }
    }

    [Fact]
    public async Task A_call_counts_with_caller_and_target_and_the_whole_counts_it_once()
    {
        var statistics = new CallStatistics(StatisticsBy.Participant);
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Refused(1));
        foreach (var call in CallScan.Read(log.Directory, LogFilter.All))
        {
            statistics.Add(call);
        }

        var report = statistics.Report(exact: true);
        Assert.Equal([Some.Wijkteam, Some.Gemeente], report.Groups.Select(g => g.Name));
        Assert.Equal(1, report.All.Calls);
    }
}
