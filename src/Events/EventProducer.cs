using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;

namespace Keten.Events;

/// <summary>Sends events: the envelope as headers, the person's partition, the acknowledgement of all replicas. Safe for concurrent use.</summary>
public sealed class EventProducer : IDisposable
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);

    private readonly KafkaClients _clients;
    private readonly string _clientId;
    private readonly ConcurrentDictionary<string, Lazy<Task<int>>> _partitions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IProducer<byte[], byte[]> _producer;

    /// <summary>Connects in the background; a broker that is away is no error here.</summary>
    public EventProducer(KafkaClients clients, string clientId)
    {
        _clients = clients;
        _clientId = clientId;
        _producer = clients.CreateProducer(clientId);
    }

    /// <summary>
    /// Completes when all replicas have the message. Waits as long as the broker is away. When the token ends the wait it is unknown
    /// whether the message arrived: send it again, its id and version make the repeat harmless.
    /// </summary>
    /// <param name="topic">Topic.</param>
    /// <param name="person">Pseudonym that decides the partition; null: the key does.</param>
    /// <param name="key">Record key.</param>
    /// <param name="value">Null is a tombstone.</param>
    /// <param name="envelope">Headers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">The broker or the client refuses the message.</exception>
    public Task<TopicPartitionOffset> SendAsync(
        string topic, string? person, string key, IMessage? value, CloudEvent envelope, CancellationToken cancellationToken) =>
        SendAsync(topic, person, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key),
            Value = value?.ToByteArray()!,
            Headers = envelope.ToHeaders(),
        }, cancellationToken);

    /// <inheritdoc cref="SendAsync(string,string?,string,IMessage?,CloudEvent,CancellationToken)"/>
    public async Task<TopicPartitionOffset> SendAsync(
        string topic, string? person, Message<byte[], byte[]> message, CancellationToken cancellationToken)
    {
        var producer = _producer;
        try
        {
            var partition = person is null ? Partition.Any : new Partition(PersonPartition.Of(person, await CountAsync(producer, topic)));
            var report = await producer.ProduceAsync(new TopicPartition(topic, partition), message, cancellationToken).WaitAsync(cancellationToken);
            return report.TopicPartitionOffset;
        }
        catch (KafkaException failure) when (failure.Error.IsFatal || failure.Error.Code == ErrorCode.Local_Fatal)
        {
            Replace(producer);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    // Senders that wait for the same answer share one request, and one failure; the next sender asks again.
    private async Task<int> CountAsync(IProducer<byte[], byte[]> producer, string topic)
    {
        var asked = _partitions.GetOrAdd(
            topic, t => new(() => Task.Run(() => KafkaClients.CountPartitions(producer.Handle, t, MetadataTimeout))));
        try
        {
            return await asked.Value;
        }
        catch (Exception)
        {
            _partitions.TryRemove(KeyValuePair.Create(topic, asked));
            throw;
        }
    }

    private void Replace(IProducer<byte[], byte[]> broken)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_producer, broken))
            {
                _producer = _clients.CreateProducer(_clientId);
                broken.Dispose();
            }
        }
    }
}
