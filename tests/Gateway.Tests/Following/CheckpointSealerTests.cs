using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tests;
using Keten.DecisionLog.Tree;
using Keten.Gateway.Following;
using Keten.TestKit;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Tests.Following;

public sealed class CheckpointSealerTests
{
    private const int Limit = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signs_within_the_interval_what_was_appended_and_the_rest_when_it_stops()
    {
        using var temp = new TempLog();
        var interval = TimeSpan.FromMilliseconds(50);
        await using (var log = await temp.OpenAsync(segmentBytes: 64 << 10))
        {
            await using var sealer = await RunningSealer.StartAsync(log, temp, interval);
            for (var i = 0; i < 700; i++)
            {
                await log.AppendAsync(Some.Decision(i), Token);
            }

            await Within.SecondsAsync(Limit, () => sealer.Sealer.SealedRecords == 700, "all records under a checkpoint");
            await log.AppendAsync(Some.Decision(700), Token);
            await Within.SecondsAsync(Limit, () => sealer.Sealer.SealedRecords == 701, "the next as well");
        }

        var report = Verify(temp);
        Assert.True(report is { IsWhole: true, Sealed: 701 }, string.Join(' ', report.Findings));
    }

    [Fact]
    public async Task What_came_in_last_is_under_a_checkpoint_when_it_has_stopped()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync())
        await using (await RunningSealer.StartAsync(log, temp, TimeSpan.FromMinutes(1)))
        {
            for (var i = 0; i < 50; i++)
            {
                await log.AppendAsync(Some.Decision(i), Token);
            }
        }

        Assert.Equal(50, Verify(temp).Sealed);
    }

    [Fact]
    public async Task Goes_on_over_a_log_that_grew_while_nobody_sealed_it()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(300);
        await using (var log = await temp.OpenAsync())
        await using (await RunningSealer.StartAsync(log, temp, TimeSpan.FromMinutes(1)))
        {
        }

        await temp.WriteAsync(300, from: 300);
        await using (var log = await temp.OpenAsync())
        await using (var sealer = await RunningSealer.StartAsync(log, temp, TimeSpan.FromMinutes(1)))
        {
            await Within.SecondsAsync(Limit, () => sealer.Sealer.SealedRecords == 600, "the backlog to be sealed");
        }

        Assert.True(Verify(temp) is { IsWhole: true, Sealed: 600 });
    }

    [Fact]
    public async Task A_log_shorter_than_its_own_checkpoint_stops_the_start()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync())
        await using (await RunningSealer.StartAsync(log, temp, TimeSpan.FromMinutes(1)))
        {
            await log.AppendAsync(Some.Decision(0), Token);
            await log.AppendAsync(Some.Decision(1), Token);
        }

        // Cut together with the mark that would have told.
        var last = temp.Entries()[1];
        File.Delete(Path.Combine(temp.Directory, "acknowledged"));
        using (var file = File.OpenWrite(last.Segment))
        {
            file.SetLength(last.Offset);
        }

        await using var again = await temp.OpenAsync();
        var refused = await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => RunningSealer.StartAsync(again, temp, TimeSpan.FromMinutes(1)));
        Assert.Contains("counts 2 records, and 1 are here", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_takes_no_tile_holds_up_no_append_and_is_made_good_later()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        await using var sealer = await RunningSealer.StartAsync(log, temp, TimeSpan.FromMilliseconds(20));

        // A file where the directory of the tiles should be: it cannot be made.
        await File.WriteAllTextAsync(Path.Combine(temp.Directory, "tile"), "", Token);
        for (var i = 0; i < 10; i++)
        {
            await log.AppendAsync(Some.Decision(i), Token);
        }

        await Within.SecondsAsync(Limit, () => sealer.Logger.Events.Any(e => e.Id == 2052), "the fault to be told");
        File.Delete(Path.Combine(temp.Directory, "tile"));
        await Within.SecondsAsync(Limit, () => sealer.Sealer.SealedRecords == 10, "the records to be sealed");
        Assert.Single(sealer.Logger.Events, e => e.Id == 2052);
        await Within.SecondsAsync(Limit, () => sealer.Logger.Events.Any(e => e.Id == 2053), "the end of the fault to be told");
    }

    private static VerifyReport Verify(TempLog temp) =>
        new LogVerifier(temp.Directory, new VerifyTerms { Key = NoteSigningKey.Load(KeyOf(temp)).Verifier }).Verify(Token);

    private static string KeyOf(TempLog temp) => temp.Directory + ".key";

    private sealed class RunningSealer(CheckpointSealer sealer, RecordingLogger<CheckpointSealer> logger) : IAsyncDisposable
    {
        public CheckpointSealer Sealer => sealer;

        public RecordingLogger<CheckpointSealer> Logger => logger;

        public static async Task<RunningSealer> StartAsync(SegmentedDecisionLog log, TempLog temp, TimeSpan interval)
        {
            NoteSigningKey.LoadOrCreate(KeyOf(temp), "gateway.keten.example/decisions");
            var logger = new RecordingLogger<CheckpointSealer>();
            var sealer = new CheckpointSealer(
                log, Options.Create(new DecisionLogOptions { Directory = temp.Directory }),
                Options.Create(new CheckpointOptions { SigningKey = KeyOf(temp), CheckpointInterval = interval }), TimeProvider.System, logger);
            await sealer.StartAsync(TestContext.Current.CancellationToken);
            return new RunningSealer(sealer, logger);
        }

        public async ValueTask DisposeAsync()
        {
            await sealer.StopAsync(CancellationToken.None);
            sealer.Dispose();
        }
    }
}
