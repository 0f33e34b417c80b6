using Keten.LogTools.Follow;
using Keten.TestKit;

namespace Keten.LogTools.Tests.Follow;

public sealed class TailTests
{
    [Fact]
    public async Task The_last_records_come_also_when_they_stand_in_more_than_one_segment()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Enumerable.Range(0, 300).Select(i => Some.Refused(i)));
        Assert.True(Directory.GetFiles(log.Directory, "*.seg").Length > 2);

        Assert.Equal(Enumerable.Range(180, 120).Select(i => (long)i), LogEnd.Read(log.Directory, 120).Select(e => e.Index));
        Assert.Equal(300, LogEnd.Read(log.Directory, 1000).Count);
        Assert.Empty(LogEnd.Read(log.Directory, 0));
    }

    [Fact]
    public async Task A_live_log_is_followed_over_segments_and_over_a_restart_of_its_gateway()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Refused(0));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new List<long>();
        var following = Task.Run(async () =>
        {
            await foreach (var (index, _) in LogFollow.ReadAsync(log.Directory, 0, stop.Token))
            {
                lock (seen)
                {
                    seen.Add(index);
                }
            }
        });

        await log.WriteAsync(Enumerable.Range(1, 200).Select(i => Some.Refused(i)));
        await Within.SecondsAsync(10, () => Count() == 201);
        await log.WriteAsync(Enumerable.Range(201, 100).Select(i => Some.Refused(i)));
        await Within.SecondsAsync(10, () => Count() == 301);
        await stop.CancelAsync();
        await following;

        Assert.Equal(Enumerable.Range(0, 301).Select(i => (long)i), seen);

        int Count()
        {
            lock (seen)
            {
                return seen.Count;
            }
        }
    }

    [Fact]
    public async Task The_command_shows_decisions_and_outcomes_apart_and_ends_with_130_when_stopped()
    {
        using var log = new GatewayLog();
        await log.WriteAsync(Some.Decision(1), Some.Outcome(1));

        var run = await Run.LogAsync("tail", log.Directory);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("allowed  ALLOWED", run.Output, StringComparison.Ordinal);
        Assert.Contains("ended    OK", run.Output, StringComparison.Ordinal);

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Equal(130, (await Run.LogAsync(["tail", "-f", log.Directory, "--json"], stop.Token)).ExitCode);
    }
}
