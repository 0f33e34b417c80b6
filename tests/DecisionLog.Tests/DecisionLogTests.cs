using Keten.DecisionLog;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Keten.DecisionLog.Tests;

public sealed class DecisionLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_record_of_many_concurrent_writers_is_there_in_the_order_each_was_answered()
    {
        const int Writers = 32;
        const int Records = 10_000;
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync(segmentBytes: 256 << 10))
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                for (var i = writer; i < Records; i += Writers)
                {
                    await log.AppendAsync(Some.Decision(i), Token);
                }
            })));
        }

        var entries = temp.Entries();
        Assert.Equal(Enumerable.Range(0, Records), entries.Select(e => (int)e.Index));
        Assert.Equal(Enumerable.Range(0, Records), entries.Select(e => int.Parse(Some.Id(e.Record))).Order());
        foreach (var ofOneWriter in entries.GroupBy(e => int.Parse(Some.Id(e.Record)) % Writers))
        {
            Assert.Equal(ofOneWriter.OrderBy(e => int.Parse(Some.Id(e.Record))), ofOneWriter);
        }

        Assert.True(Directory.GetFiles(temp.Directory, "*.seg").Length > 20, "the log was to spread over many segments");
    }

    [Fact]
    public async Task An_acknowledged_record_can_be_read_at_once_while_the_writer_goes_on()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(segmentBytes: 128 << 10);
        using var stop = new CancellationTokenSource();
        var acknowledged = 0;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await log.AppendAsync(Some.Decision(i), Token);
                Volatile.Write(ref acknowledged, i + 1);
            }
        });
        var others = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await log.AppendAsync(Some.Decision("other"), Token);
            }
        })).ToList();

        for (var round = 0; round < 50; round++)
        {
            var expected = Volatile.Read(ref acknowledged);
            var ids = temp.ReadIds().Where(id => id != "other").ToList();
            Assert.True(ids.Count >= expected, $"{expected} acknowledged, {ids.Count} read");
            Assert.Equal(Enumerable.Range(0, ids.Count).Select(i => $"{i}"), ids);
        }

        await stop.CancelAsync();
        await Task.WhenAll([writing, .. others]);
    }

    [Fact]
    public async Task A_record_is_read_whole_from_any_index()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(5);
        var entry = DecisionLogReader.ReadEntries(temp.Directory, fromIndex: 3).First();

        Assert.Equal(3, entry.Index);
        Assert.Equal(Some.Decision(3).Decision, entry.Record.Decision);
    }

    [Fact]
    public async Task Indexes_go_on_after_a_restart()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(3);
        await temp.WriteAsync(3, from: 3);

        Assert.Equal(["0", "1", "2", "3", "4", "5"], temp.ReadIds());
        Assert.Equal([0L, 1, 2, 3, 4, 5], temp.Entries().Select(e => e.Index));
        Assert.DoesNotContain(temp.Logger.Events, e => e.Id == 2001);
    }

    [Fact]
    public async Task A_second_writer_is_refused_and_told_why()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        var refused = await Assert.ThrowsAsync<IOException>(() => temp.OpenAsync());

        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("DecisionLog:Directory", refused.Message, StringComparison.Ordinal);
        await log.AppendAsync(Some.Decision(0), Token);
    }

    [Fact]
    public async Task An_append_that_was_cancelled_before_it_began_is_not_written()
    {
        using var temp = new TempLog();
        await using (var log = await temp.OpenAsync())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.AppendAsync(Some.Decision(0), new CancellationToken(true)).AsTask());
        }

        Assert.Empty(temp.ReadIds());
    }

    [Fact]
    public async Task Nothing_is_accepted_before_the_start_and_after_the_end()
    {
        using var temp = new TempLog();
        var log = await temp.OpenAsync();
        await log.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(Some.Decision(0), Token).AsTask());
    }

    [Fact]
    public async Task A_record_without_a_decision_or_an_outcome_is_refused()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(new LogRecord(), Token).AsTask());
    }

    [Fact]
    public async Task The_host_starts_it_and_closes_it_after_the_last_request()
    {
        using var temp = new TempLog();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDecisionLog(options => options.Directory = temp.Directory);
        using (var host = builder.Build())
        {
            await host.StartAsync(Token);
            var log = host.Services.GetRequiredService<IDecisionLog>();
            await host.StopAsync(Token);
            await log.AppendAsync(Some.Decision("last"), Token);
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        Assert.Equal(["last"], temp.ReadIds());
    }

    [Fact]
    public async Task Wrong_settings_stop_the_start_all_named_together()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDecisionLog(options =>
        {
            options.SegmentBytes = 1;
            options.MaxPending = 0;
            options.AppendTimeout = TimeSpan.Zero;
        });
        using var host = builder.Build();
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Equal(4, refused.Failures.Count());
    }
}
