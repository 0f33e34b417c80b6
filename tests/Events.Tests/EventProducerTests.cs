using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Keten.Events.Native;
using Keten.Events.Tests.Exchange;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Events.Tests;

/// <summary>A client that fails for good is replaced, and whoever had something in it is told to send it again.</summary>
public sealed class EventProducerTests
{
    private const int Messages = 2_000;

    [Fact]
    public async Task A_client_that_breaks_while_many_send_loses_nothing()
    {
        using var broker = new EmbeddedBroker();
        await broker.EnsureAsync([new TopicSpecification("t", 4, Compacted: false)], CancellationToken.None);
        using var producer = new EventProducer(Clients(broker), "test");
        await SendAsync(producer, -1);

        // While the broker is away everything stands in the client that breaks.
        broker.SetDown();
        var again = 0;
        var sending = Task.WhenAll(Enumerable.Range(0, Messages).Select(async number =>
        {
            while (true)
            {
                try
                {
                    await SendAsync(producer, number).WaitAsync(Wait.Limit);
                    return;
                }
                catch (KafkaException)
                {
                    Interlocked.Increment(ref again);
                }
            }
        }));
        Break(producer);
        broker.SetUp();
        await sending;

        Assert.InRange(again, 1, int.MaxValue);
        var found = Read(broker, Messages);
        Assert.Equal(Enumerable.Range(0, Messages).Select(n => $"{n}").Order(), found.Where(k => k != "-1").Order());
    }

    [Fact]
    public async Task A_gateway_whose_client_breaks_goes_on_and_tells_once()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        exchange.RequireEmbedded();
        using var atWijkteam = exchange["wijkteam"].Listen();
        await exchange["wijkteam"].ReportAsync();
        await atWijkteam.ReceiptAsync();

        for (var i = 0; i < 3; i++)
        {
            Break(exchange.Gateway.Producer);
            await exchange["veilig-thuis"].ReportAsync();
            await atWijkteam.MatchAsync();
        }

        Assert.Empty(atWijkteam.Kept);
    }

    [Fact]
    public async Task A_send_through_a_producer_that_is_gone_fails_as_one_that_may_be_repeated()
    {
        using var broker = new EmbeddedBroker();
        var producer = new EventProducer(Clients(broker), "test");
        producer.Dispose();

        await Assert.ThrowsAsync<KafkaException>(() => SendAsync(producer, 1));
    }

    // Confluent.Kafka keeps the pointer to itself.
    private static void Break(EventProducer producer)
    {
        var handle = (SafeHandle)typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(producer.Handle)!;
        Assert.Equal(0, LibRdKafka.rd_kafka_test_fatal_error(handle.DangerousGetHandle(), (int)ErrorCode.OutOfOrderSequenceNumber, "a test"));
    }

    private static List<string> Read(EmbeddedBroker broker, int atLeast)
    {
        using var consumer = Clients(broker).CreateAssignedConsumer("test");
        consumer.Assign(Enumerable.Range(0, 4).Select(p => new TopicPartitionOffset("t", p, Offset.Beginning)));
        using var limit = new CancellationTokenSource(Wait.Limit);
        var found = new List<string>();
        while (found.Count(k => k != "-1") < atLeast)
        {
            found.Add(System.Text.Encoding.UTF8.GetString(consumer.Consume(limit.Token).Message.Key));
        }

        return found;
    }

    private static KafkaClients Clients(EmbeddedBroker broker) => new(broker.Options, NullLogger<KafkaClients>.Instance);

    private static Task<TopicPartitionOffset> SendAsync(EventProducer producer, int number) => producer.SendAsync(
        "t", $"person{number}", $"{number}", null,
        new CloudEvent($"{number}", CloudEvent.GatewaySource, EventTypes.Notification, DateTimeOffset.UtcNow), CancellationToken.None);
}
