using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Events.Tests;

public sealed class ContinuityTests : IAsyncDisposable
{
    private const string Topic = "numbers";
    private const int Count = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly EmbeddedBroker _broker = new();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task What_the_client_skips_is_read_again()
    {
        await WriteAsync(DateTimeOffset.UtcNow);

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], await ReadWithASkipAsync(from: 1, to: 6));
    }

    [Fact]
    public async Task A_hole_that_compaction_may_have_made_is_left_as_it_is()
    {
        await WriteAsync(DateTimeOffset.UtcNow - TopicSpecification.CompactionLag);

        Assert.Equal([0, 6, 7, 8, 9], await ReadWithASkipAsync(from: 1, to: 6));
    }

    [Fact]
    public async Task What_comes_twice_is_taken_in_once()
    {
        await WriteAsync(DateTimeOffset.UtcNow);

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], await ReadWithASkipAsync(from: 5, to: 2));
    }

    private async Task WriteAsync(DateTimeOffset moment)
    {
        await _broker.EnsureAsync([new TopicSpecification(Topic, 1, Compacted: true, Replication: 1)], CancellationToken.None);
        using var producer = new KafkaClients(_broker.Options, NullLogger<KafkaClients>.Instance).CreateProducer("test");
        for (var number = 0; number < Count; number++)
        {
            await producer.ProduceAsync(new TopicPartition(Topic, 0), new Message<byte[], byte[]> { Key = [(byte)number], Value = [1], Timestamp = new Timestamp(moment) });
        }
    }

    // The client goes from one offset to another, as it never should by itself.
    private async Task<List<int>> ReadWithASkipAsync(int from, int to)
    {
        using var consumer = new KafkaClients(_broker.Options, NullLogger<KafkaClients>.Instance).CreateAssignedConsumer("test");
        consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
        var continuity = new Continuity(consumer, TimeProvider.System, NullLogger.Instance);
        var read = new List<int>();
        var skipped = false;
        using var done = new CancellationTokenSource(Limit);
        await new BatchConsumer(consumer, 1, NullLogger.Instance).RunAsync((batch, _) =>
        {
            read.AddRange(continuity.Check(batch).Select(record => (int)record.Message.Key[0]));
            if (read.Count > 0 && read[^1] == Count - 1)
            {
                return done.CancelAsync();
            }

            if (!skipped && batch[^1].Offset == from - 1)
            {
                skipped = true;
                consumer.Seek(new TopicPartitionOffset(Topic, 0, to));
            }

            return Task.CompletedTask;
        }, done.Token);
        return read;
    }
}
