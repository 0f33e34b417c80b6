using System.Text.Json;

namespace Keten.EndToEnd;

/// <summary>A short run of what <c>keten chaos log --kills 100</c> does at length.</summary>
public sealed class LogChaosTests
{
    [Fact]
    public async Task Whatever_reached_an_adapter_is_on_a_gateways_log_though_gateways_are_killed()
    {
        var run = await KetenProcess.RunAsync("chaos", "log", "--kills", "5", "--persons", "5", "--json");

        TestContext.Current.TestOutputHelper!.WriteLine(run.Output + run.Error);
        Assert.Equal(0, run.ExitCode);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((0, 0, 0, 0), (Count("missing"), Count("late"), Count("damage"), Count("differences")));
        Assert.True(Count("kills") >= 5 && Count("reached") >= Count("disclosed") && Count("disclosed") > 50);

        long Count(string name) => report.GetProperty(name).GetInt64();
    }
}
