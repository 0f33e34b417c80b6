using System.Globalization;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Adapters.Sdk.Webhook;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using TheAdapter = Keten.Adapters.Sdk.Tests.Hosting.TheAdapter;

namespace Keten.Adapters.Sdk.Tests.InvolvementExchange;

/// <summary>What a case system does not take waits in the adapter's database, not in its memory. Alone, for the memory is the process's.</summary>
[Collection(nameof(SlowCaseSystemTests))]
[CollectionDefinition(nameof(SlowCaseSystemTests), DisableParallelization = true)]
public sealed class SlowCaseSystemTests : IAsyncDisposable
{
    private const int Batch = 1_000;
    private const int TextSize = 2_000;

    // A page of a hundred notifications, HTTP/2's windows on both sides, and the noise of a test process.
    private const long MostMemory = 8L << 20;

    private readonly TheAdapter _adapter = TheAdapter.Start();

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task A_stream_nobody_reads_holds_no_memory_and_everything_arrives_once_when_it_is_read_again()
    {
        const int Many = 20_000;
        var system = new CaseSystemService.CaseSystemServiceClient(_adapter.CaseSystemDoor);
        using var stream = system.StreamNotifications(new StreamNotificationsRequest());
        await AddAsync(0, Batch, _ => ThePermit.Child);
        Assert.Equal("0", await NextAsync(stream));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var most = 0L;
        for (var first = Batch; first < Many; first += Batch)
        {
            await AddAsync(first, Batch, _ => ThePermit.Child);
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.True(most < MostMemory, $"{most / 1024} kB more in memory for {(Many - Batch) * TextSize / 1024} kB that nobody reads");
        for (var number = 1; number < Many; number++)
        {
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), await NextAsync(stream));
        }
    }

    [Fact]
    public async Task However_much_waits_for_the_webhook_no_more_is_taken_at_once_than_it_sends()
    {
        const int Persons = 50;
        const int AtOnce = 8;
        await AddAsync(0, Batch, number => Someone(number % Persons));
        var queue = _adapter.Services.GetRequiredService<WebhookQueue>();

        Assert.Equal(Batch, await queue.FillAsync(TestContext.Current.CancellationToken));

        Assert.Equal(Batch, queue.Count());
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7"], queue.Due(DateTimeOffset.UtcNow, AtOnce).Select(d => d.Notification.NotificationId));
        Assert.Equal(Persons, queue.Due(DateTimeOffset.UtcNow, Batch).Count);
    }

    [Fact]
    public async Task What_is_due_for_the_webhook_is_found_without_reading_the_whole_queue()
    {
        await using var connection = _adapter.Store.OpenConnection();

        var plan = connection.Query($"EXPLAIN QUERY PLAN {WebhookQueue.DueQuery}", row => row.GetString(3), ("$now", 1), ("$limit", 8));

        // In order of the queue, each asked by the index whether it is its person's first: no list of all persons, nothing sorted.
        Assert.Contains(plan, step => step.EndsWith("webhook_queue_by_subject (subject=? AND seq<?)", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN webhook_queue", StringComparison.Ordinal)
            || step.StartsWith("LIST", StringComparison.Ordinal) || step.StartsWith("USE TEMP", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_webhook_waits_for_the_earliest_of_what_was_tried_and_for_nothing_else()
    {
        var (cancellation, now) = (TestContext.Current.CancellationToken, DateTimeOffset.FromUnixTimeMilliseconds(1_000_000));
        var queue = _adapter.Services.GetRequiredService<WebhookQueue>();
        Assert.Null(queue.NextDue());
        await AddAsync(0, 4, number => Someone(number % 2));
        await queue.FillAsync(cancellation);
        var due = queue.Due(now, 8);
        Assert.Equal(["0", "1"], due.Select(d => d.Notification.NotificationId));

        await queue.SettleAsync([], [(due[0].Seq, now.AddSeconds(9)), (due[1].Seq, now.AddSeconds(5))], cancellation);

        Assert.Empty(queue.Due(now, 8));
        Assert.Equal(now.AddSeconds(5), queue.NextDue());
        Assert.Equal(["1"], queue.Due(now.AddSeconds(5), 8).Select(d => d.Notification.NotificationId));

        await queue.SettleAsync([due[0].Seq, due[1].Seq], [], cancellation);
        Assert.True(queue.NextDue() <= now);
        Assert.Equal(["2", "3"], queue.Due(now, 8).Select(d => d.Notification.NotificationId));
    }

    private async Task AddAsync(int first, int count, Func<int, Pseudonym> about)
    {
        await _adapter.Store.WriteAsync(
            transaction => Enumerable.Range(first, count).Count(number => Inbox.Add(transaction, Some(number, about(number)), DateTimeOffset.UtcNow)),
            TestContext.Current.CancellationToken);
        _adapter.Services.GetRequiredService<InboxWake>().Signal();
    }

    private static async Task<string> NextAsync(Grpc.Core.AsyncServerStreamingCall<StreamNotificationsResponse> stream)
    {
        Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return stream.ResponseStream.Current.Notification.NotificationId;
    }

    private static Notification Some(int number, Pseudonym about) => new()
    {
        NotificationId = number.ToString(CultureInfo.InvariantCulture), Subject = about.Value, MatchEnded = new MatchEnded { AboutOin = new string('x', TextSize) },
    };

    private static Pseudonym Someone(int number)
    {
        var bytes = new byte[32];
        bytes[0] = (byte)number;
        return Pseudonym.Create("k1", bytes);
    }
}
