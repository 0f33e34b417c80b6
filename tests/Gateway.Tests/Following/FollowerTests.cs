using System.Collections.Concurrent;
using Keten.DecisionLog;
using Keten.DecisionLog.Tests;
using Keten.Gateway.Following;
using Keten.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Tests.Following;

public sealed class FollowerTests
{
    private const int Limit = 20;

    [Fact]
    public async Task A_subscriber_gets_every_record_once_and_in_order_across_segments()
    {
        const int Count = 400;
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 10);
        await AppendAsync(log, 0, Count / 4);
        var subscriber = new TheSubscriber();
        await using var follower = await RunningFollower.StartAsync(log, temp, subscriber);

        await AppendAsync(log, Count / 4, Count);

        await subscriber.HasAsync(Count);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}"), subscriber.Ids);
        Assert.True(Directory.GetFiles(temp.Directory, "*.seg").Length > 2, "the records fit in one segment, so nothing was shown");
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        using var temp = new TempLog();
        var first = new TheSubscriber();
        await using (var log = await temp.OpenAsync())
        await using (await RunningFollower.StartAsync(log, temp, first))
        {
            await AppendAsync(log, 0, 10);
            await first.HasAsync(10);
        }

        // Between the two nobody follows.
        await temp.WriteAsync(count: 5, from: 10);

        var second = new TheSubscriber();
        await using var again = await temp.OpenAsync();
        await using var follower = await RunningFollower.StartAsync(again, temp, second);
        await AppendAsync(again, 15, 20);
        await second.HasAsync(10);
        Assert.Equal(Enumerable.Range(10, 10).Select(i => $"{i}"), second.Ids);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task What_was_not_done_comes_again_after_a_restart_with_all_after_it(bool? outcome)
    {
        using var temp = new TempLog();
        var first = new TheSubscriber { Effect = id => id == "3" ? outcome is { } set ? Task.FromResult(set) : new TaskCompletionSource<bool>().Task : Done };
        await using (var log = await temp.OpenAsync())
        await using (await RunningFollower.StartAsync(log, temp, first))
        {
            await AppendAsync(log, 0, 8);
            await first.HasAsync(8);
        }

        var second = new TheSubscriber();
        await using var again = await temp.OpenAsync();
        await using var follower = await RunningFollower.StartAsync(again, temp, second);
        await second.HasAsync(5);
        Assert.Equal(["3", "4", "5", "6", "7"], second.Ids);
    }

    [Fact]
    public async Task What_is_done_late_moves_the_position_all_the_same()
    {
        using var temp = new TempLog();
        var late = new TaskCompletionSource<bool>();
        var first = new TheSubscriber { Effect = id => id == "0" ? late.Task : Done };
        await using (var log = await temp.OpenAsync())
        await using (await RunningFollower.StartAsync(log, temp, first))
        {
            await AppendAsync(log, 0, 3);
            await first.HasAsync(3);
            Assert.Equal(0, Position(temp));
            late.SetResult(true);
            await Within.SecondsAsync(Limit, () => Position(temp) == 3, "the position to move");
        }
    }

    [Fact]
    public async Task A_position_that_cannot_be_read_means_from_the_beginning()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(4);
        await File.WriteAllTextAsync(PositionFile(temp), "no position", TestContext.Current.CancellationToken);
        var subscriber = new TheSubscriber();
        await using var log = await temp.OpenAsync();
        await using var follower = await RunningFollower.StartAsync(log, temp, subscriber);
        await subscriber.HasAsync(4);
    }

    [Fact]
    public async Task A_log_that_is_damaged_stops_the_follower_loudly()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 10);
        await AppendAsync(log, 0, 200);
        var firstSegment = Directory.GetFiles(temp.Directory, "*.seg").Order(StringComparer.Ordinal).First();
        using (var file = new FileStream(firstSegment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = 4096;
            file.WriteByte(0xFF);
            file.WriteByte(0xFF);
        }

        await using var follower = await RunningFollower.StartAsync(log, temp, new TheSubscriber());

        await Assert.ThrowsAsync<DecisionLogCorruptedException>(() => follower.Ended.WaitAsync(TimeSpan.FromSeconds(Limit)));
    }

    [Fact]
    public async Task Two_subscribers_each_keep_their_own_position()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        var (quick, stuck) = (new TheSubscriber(), new TheSubscriber { Name = "stuck", Effect = _ => Task.FromResult(false) });
        await using var one = await RunningFollower.StartAsync(log, temp, quick);
        await using var other = await RunningFollower.StartAsync(log, temp, stuck);
        await AppendAsync(log, 0, 5);
        await quick.HasAsync(5);
        await stuck.HasAsync(5);
        await Within.SecondsAsync(Limit, () => Position(temp) == 5);
        Assert.Equal(0, Position(temp, "stuck"));
    }

    private static Task<bool> Done => Task.FromResult(true);

    private static string PositionFile(TempLog temp, string name = "test") => Path.Combine(temp.Directory, name + ".follower");

    private static long Position(TempLog temp, string name = "test") => CountFile.Read(temp.Directory, name + ".follower");

    private static async Task AppendAsync(SegmentedDecisionLog log, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            await log.AppendAsync(Some.Decision(i), TestContext.Current.CancellationToken);
        }
    }

    private sealed class TheSubscriber : IDecisionLogSubscriber
    {
        private readonly ConcurrentQueue<string> _ids = new();

        public string Name { get; init; } = "test";

        public Func<string, Task<bool>> Effect { get; init; } = _ => Done;

        public IReadOnlyCollection<string> Ids => _ids;

        public ValueTask<Task<bool>> TakeAsync(DurableRecord record, CancellationToken cancellationToken)
        {
            var id = Some.Id(record.Read());
            _ids.Enqueue(id);
            return ValueTask.FromResult(Effect(id));
        }

        public Task HasAsync(int count) => Within.SecondsAsync(Limit, () => _ids.Count >= count, $"{count} records");
    }

    private sealed class RunningFollower : IAsyncDisposable
    {
        private readonly DecisionLogFollower _follower;

        private RunningFollower(DecisionLogFollower follower) => _follower = follower;

        public Task Ended => _follower.ExecuteTask!;

        public static async Task<RunningFollower> StartAsync(SegmentedDecisionLog log, TempLog temp, TheSubscriber subscriber)
        {
            var follower = new DecisionLogFollower(
                log, Options.Create(new DecisionLogOptions { Directory = temp.Directory }), subscriber, TimeProvider.System,
                NullLogger<DecisionLogFollower>.Instance);
            await follower.StartAsync(TestContext.Current.CancellationToken);
            return new RunningFollower(follower);
        }

        public async ValueTask DisposeAsync()
        {
            await _follower.StopAsync(CancellationToken.None);
            _follower.Dispose();
        }
    }
}
