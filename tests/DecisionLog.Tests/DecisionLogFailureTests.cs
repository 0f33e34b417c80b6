using System.Diagnostics;
using Keten.DecisionLog;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Keten.DecisionLog.Tests;

public sealed class DecisionLogFailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_refuses_and_space_makes_the_log_go_on_without_half_a_record()
    {
        using var temp = new TempLog();
        using var disk = SmallDisk.Mount(1 << 20);
        var ballast = Path.Combine(disk.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[500_000], Token);
        temp.Directory = Path.Combine(disk.Path, "log");
        var acknowledged = new List<string>();
        await using (var log = await temp.OpenAsync(segmentBytes: 64 << 10))
        {
            var refused = await AppendUntilRefusedAsync(log, acknowledged);
            Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
            Assert.Contains(temp.Logger.Events, e => e is { Id: 2002, Level: LogLevel.Critical });

            // Refused ones leave no trace, however often they try.
            for (var i = 0; i < 20; i++)
            {
                await Assert.ThrowsAnyAsync<IOException>(() => log.AppendAsync(Some.Decision("refused"), Token).AsTask());
            }

            File.Delete(ballast);
            await AppendUntilAcceptedAsync(log, "after");
            acknowledged.Add("after");
            Assert.Contains(temp.Logger.Events, e => e.Id == 2003);
        }

        Assert.Equal(acknowledged, temp.ReadIds(_ => Assert.Fail("the log was to end cleanly")));
    }

    [Fact]
    public async Task A_failed_sync_refuses_the_whole_batch_and_nothing_of_it_stays()
    {
        using var temp = new TempLog();
        var broken = false;
        await using (var log = await temp.OpenAsync(sync: file =>
        {
            if (Volatile.Read(ref broken))
            {
                throw new IOException("fdatasync failed: Input/output error (errno 5).");
            }

            NativeFile.SyncData(file);
        }))
        {
            await log.AppendAsync(Some.Decision("before"), Token);
            Volatile.Write(ref broken, true);
            var refused = await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(Some.Decision("refused"), Token).AsTask());
            Assert.Contains("Input/output error", refused.Message, StringComparison.Ordinal);
            Volatile.Write(ref broken, false);
            await AppendUntilAcceptedAsync(log, "after");
        }

        Assert.Equal(["before", "after"], temp.ReadIds());
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_refuses_after_the_limit_and_at_once_thereafter()
    {
        using var temp = new TempLog();
        using var disk = new ManualResetEventSlim(true);
        using var asked = new ManualResetEventSlim(false);
        var time = new FakeTimeProvider();
        await using (var log = await temp.OpenAsync(
            timeout: TimeSpan.FromSeconds(2),
            time: time,
            sync: file =>
            {
                asked.Set();
                disk.Wait(TimeSpan.FromSeconds(30));
                NativeFile.SyncData(file);
            }))
        {
            await log.AppendAsync(Some.Decision("before"), Token);
            disk.Reset();
            asked.Reset();
            var stuck = log.AppendAsync(Some.Decision("stuck"), Token).AsTask();
            Assert.True(asked.Wait(TimeSpan.FromSeconds(10), Token));
            var queued = log.AppendAsync(Some.Decision("queued"), Token).AsTask();

            time.Advance(TimeSpan.FromSeconds(1.9));
            Assert.False(stuck.IsCompleted || queued.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(0.5));
            await Assert.ThrowsAsync<IOException>(() => stuck);
            await Assert.ThrowsAsync<IOException>(() => queued);
            await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(Some.Decision("refused"), Token).AsTask());
            Assert.Contains(temp.Logger.Events, e => e.Id == 2004);

            disk.Set();
            await AppendUntilAcceptedAsync(log, "after");
        }

        // What was already on its way may be there; what had not begun is not.
        Assert.Equal(["before", "stuck", "after"], temp.ReadIds());
    }

    [Fact]
    public async Task Above_the_limit_of_waiting_records_an_append_fails_at_once()
    {
        using var temp = new TempLog();
        using var disk = new ManualResetEventSlim(true);
        await using (var log = await temp.OpenAsync(
            maxPending: 10,
            sync: file =>
            {
                disk.Wait(TimeSpan.FromSeconds(30));
                NativeFile.SyncData(file);
            }))
        {
            disk.Reset();
            var waiting = Enumerable.Range(0, 10).Select(i => log.AppendAsync(Some.Decision(i), Token).AsTask()).ToList();
            var refused = await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(Some.Decision("refused"), Token).AsTask());
            Assert.Contains("MaxPending", refused.Message, StringComparison.Ordinal);
            disk.Set();
            await Task.WhenAll(waiting);
        }

        Assert.Equal(10, temp.ReadIds().Count);
    }

    private static async Task<IOException> AppendUntilRefusedAsync(SegmentedDecisionLog log, List<string> acknowledged)
    {
        for (var i = 0; i < 5_000; i++)
        {
            try
            {
                await log.AppendAsync(Some.Decision(i), Token);
                acknowledged.Add($"{i}");
            }
            catch (IOException refused)
            {
                return refused;
            }
        }

        throw new InvalidOperationException("The disk never became full.");
    }

    private static Task AppendUntilAcceptedAsync(SegmentedDecisionLog log, string id) => AppendUntilAcceptedAsync(log, Some.Decision(id));

    internal static async Task AppendUntilAcceptedAsync(SegmentedDecisionLog log, LogRecord record)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                await log.AppendAsync(record, Token);
                return;
            }
            catch (IOException) when (watch.Elapsed < TimeSpan.FromSeconds(20))
            {
                await Task.Yield();
            }
        }
    }
}
