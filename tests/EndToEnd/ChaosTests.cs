using System.Text.Json;

namespace Keten.EndToEnd;

/// <summary>A short run of what <c>keten chaos events --kills 200</c> does at length.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Kills_an_outage_produce_errors_and_unreadable_records_lose_nothing_double_nothing_and_tell_nobody_too_much()
    {
        var run = await KetenProcess.RunAsync("chaos", "events", "--kills", "5", "--events", "300", "--persons", "30", "--outage", "3", "--json");

        TestContext.Current.TestOutputHelper!.WriteLine(run.Output + run.Error);
        Assert.Equal(0, run.ExitCode);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((0, 0, 0), (report.GetProperty("lost").GetInt32(), report.GetProperty("duplicates").GetInt32(), report.GetProperty("undue").GetInt32()));
        Assert.True(report.GetProperty("kills").GetInt32() >= 5 && report.GetProperty("delivered").GetInt32() > 500);
    }
}
