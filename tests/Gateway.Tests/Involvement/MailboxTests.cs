using Confluent.Kafka;
using Keten.Gateway.Involvement.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Gateway.Tests.Involvement;

public sealed class MailboxTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_full_mailbox_whose_topic_cannot_be_written_makes_nobody_wait_and_sets_aside_what_is_too_much()
    {
        using var stop = new CancellationTokenSource();
        var box = new Mailbox("broken", TimeProvider.System, NullLogger.Instance);
        var running = box.RunAsync(stop.Token);

        var posted = new List<Parcel>();
        for (var i = 0; i < 5_000; i++)
        {
            posted.Add(new Parcel("", _ => throw new KafkaException(ErrorCode.UnknownTopicOrPart)));
            await box.PostAsync(posted[^1], CancellationToken.None).WaitAsync(Limit);
        }

        Assert.False(posted[0].Arrived.IsCompleted);
        Assert.False(await posted[^1].Arrived);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_busy_mailbox_sets_nothing_aside_and_keeps_the_order_of_a_lane()
    {
        using var stop = new CancellationTokenSource();
        var box = new Mailbox("busy", TimeProvider.System, NullLogger.Instance);
        var running = box.RunAsync(stop.Token);
        var (sent, failed) = (new List<int>(), false);

        var posted = new List<Parcel>();
        for (var i = 0; i < 5_000; i++)
        {
            var number = i;
            posted.Add(new Parcel("lane", async _ =>
            {
                await Task.Yield();
                if (number == 4_900 && !failed)
                {
                    failed = true;
                    throw new KafkaException(ErrorCode.TopicAuthorizationFailed);
                }

                sent.Add(number);
            }));
            await box.PostAsync(posted[^1], CancellationToken.None).WaitAsync(Limit);
        }

        Assert.All(await Task.WhenAll(posted.Select(p => p.Arrived)).WaitAsync(Limit), Assert.True);
        Assert.Equal(Enumerable.Range(0, 5_000), sent);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
