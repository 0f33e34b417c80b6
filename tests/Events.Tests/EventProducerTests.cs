using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Events.Tests;

public sealed class EventProducerTests
{
    [Theory]
    [InlineData(ErrorCode.RequestTimedOut)]
    [InlineData(ErrorCode.NotEnoughReplicas)]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    public async Task What_was_acknowledged_stands_where_it_was_said_to_stand_whatever_failed_meanwhile(ErrorCode code)
    {
        const int Count = 6_000;
        const int SideBySide = 64;
        const int FailEvery = 500;
        using var broker = new EmbeddedBroker();
        await broker.EnsureAsync([new TopicSpecification("t", 4, Compacted: false)], CancellationToken.None);
        var clients = new KafkaClients(broker.Options, NullLogger<KafkaClients>.Instance);
        using var producer = new EventProducer(clients, "test");
        var said = new ConcurrentDictionary<TopicPartitionOffset, string>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (number, cancellationToken) =>
        {
            if (number % FailEvery == 0)
            {
                broker.FailNextProduces(code, ErrorCode.NoError, code);
            }

            var key = number.ToString(CultureInfo.InvariantCulture);
            var at = await producer.SendAsync("t", $"p{number % 997}", new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = [1] }, cancellationToken);
            Assert.True(said.TryAdd(at, key));
        });

        using var consumer = clients.CreateAssignedConsumer("test");
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset("t", partition, Offset.Beginning)));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var left = Count; left > 0;)
        {
            var record = consumer.Consume(limit.Token);
            if (said.TryGetValue(record.TopicPartitionOffset, out var key))
            {
                Assert.Equal(key, Encoding.UTF8.GetString(record.Message.Key));
                left--;
            }
        }
    }
}
