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
    private Generation _current;

    /// <summary>Connects in the background; a broker that is away is no error here.</summary>
    public EventProducer(KafkaClients clients, string clientId)
    {
        _clients = clients;
        _clientId = clientId;
        _current = new Generation(clients, clientId);
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
        var current = _current;
        try
        {
            var partition = person is null ? Partition.Any : new Partition(PersonPartition.Of(person, await CountAsync(current.Producer, topic)));
            var report = await current.Producer.ProduceAsync(new TopicPartition(topic, partition), message, cancellationToken).WaitAsync(cancellationToken);
            return report.TopicPartitionOffset;
        }
        catch (KafkaException) when (current.IsBroken)
        {
            // The error of one message does not say that it was fatal; the client's own does.
            Replace(current);
            throw;
        }
        catch (ObjectDisposedException) when (current.IsBroken)
        {
            // Another sender replaced it while this one was on its way.
            throw new KafkaException(ErrorCode.Local_Fatal);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _current.Producer.Dispose();

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

    private void Replace(Generation broken)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_current, broken))
            {
                _current = new Generation(_clients, _clientId);
                broken.Producer.Dispose();
            }
        }
    }

    // One producer, until the client says that it can send nothing more.
    private sealed class Generation
    {
        private volatile bool _broken;

        public Generation(KafkaClients clients, string clientId) => Producer = clients.CreateProducer(clientId, () => _broken = true);

        public IProducer<byte[], byte[]> Producer { get; }

        public bool IsBroken => _broken;
    }
}
