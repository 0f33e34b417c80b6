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
    private Client _client;

    /// <summary>Connects in the background; a broker that is away is no error here.</summary>
    public EventProducer(KafkaClients clients, string clientId)
    {
        _clients = clients;
        _clientId = clientId;
        _client = Open();
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
    /// <exception cref="KafkaException">
    /// The broker or the client refuses the message, or the client was replaced meanwhile: then too, send it again.
    /// </exception>
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
        var client = Rent();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, client.Broken);
        try
        {
            var partition = person is null ? Partition.Any : new Partition(PersonPartition.Of(person, await CountAsync(client.Producer, topic)));
            while (true)
            {
                var report = await client.Producer.ProduceAsync(new TopicPartition(topic, partition), message, either.Token);
                if (!report.Offset.IsSpecial)
                {
                    return report.TopicPartitionOffset;
                }

                // Acknowledged as a repeat of what is there, without saying where. The mock cluster says so as well of what it refused and then saw
                // out of order, and has not got it. A second record has no second effect, and only a place tells that it is there.
            }
        }
        catch (Exception gone) when (gone is ObjectDisposedException
            || (gone is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new KafkaException(new Error(ErrorCode.Local_Destroy, "The client was replaced; whether the message arrived is unknown. Send it again."));
        }
        finally
        {
            Return(client);
        }
    }

    /// <summary>The client of now, to break it in a test.</summary>
    internal Handle Handle => _client.Producer.Handle;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _client.Dispose();
        }
    }

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

    private Client Rent()
    {
        lock (_gate)
        {
            _client.Users++;
            return _client;
        }
    }

    private void Return(Client client)
    {
        bool last;
        lock (_gate)
        {
            last = --client.Users == 0 && !ReferenceEquals(client, _client);
        }

        // Takes a while when the client is broken; others go on meanwhile.
        if (last)
        {
            client.Dispose();
        }
    }

    private Client Open() => new(broken => _clients.CreateProducer(_clientId, broken), Replace);

    // What is in a broken client never arrives: who waits for it is told, and the last one to leave takes the client away.
    private void Replace(Client broken)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_client, broken))
            {
                return;
            }

            _client = Open();
            broken.Users++;
        }

        broken.Break();
        Return(broken);
    }

    private sealed class Client : IDisposable
    {
        private readonly CancellationTokenSource _broken = new();

        // That it is broken the client tells itself; the failure of one message does not say so.
        public Client(Func<Action, IProducer<byte[], byte[]>> open, Action<Client> replace)
        {
            Broken = _broken.Token;
            Producer = open(() => _ = Task.Run(() => replace(this)));
        }

        public IProducer<byte[], byte[]> Producer { get; }

        public int Users { get; set; }

        /// <summary>Cancelled when nothing that is in it can arrive any more.</summary>
        public CancellationToken Broken { get; }

        public void Break() => _broken.Cancel();

        public void Dispose()
        {
            Producer.Dispose();
            _broken.Dispose();
        }
    }
}
