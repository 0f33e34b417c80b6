using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Keten.Events.Tests.Exchange;

/// <summary>
/// A federation around one person: a broker, a gateway, adapters. The broker is the embedded one, or the one KAFKA_BOOTSTRAP names; then OINs
/// and person differ from test to test, so that tests do not meet.
/// </summary>
public sealed class TheExchange : IAsyncDisposable
{
    // On a shared broker, gateways of several tests would be replicas of one another.
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("keten-events-").FullName;
    private readonly List<IAsyncDisposable> _running = [];
    private readonly Dictionary<string, TheAdapter> _adapters = [];

    /// <summary>For tests that need what only the mock cluster can do.</summary>
    public EmbeddedBroker RequireEmbedded()
    {
        Assert.SkipWhen(Broker is null, "This fault is injected through the embedded broker; KAFKA_BOOTSTRAP names a real one.");
        return Broker;
    }

    private TheExchange(EventsOptions events, EmbeddedBroker? broker)
    {
        Events = events;
        Broker = broker;
    }

    /// <summary>Where the adapters have their databases, each as <c>oin.db</c>.</summary>
    public string Directory => _directory;

    public EventsOptions Events { get; private set; }

    /// <summary>Null with a real broker.</summary>
    public EmbeddedBroker? Broker { get; private set; }

    public TheRegistry Registry { get; } = new();

    public ThePolicy Policy { get; } = new();

    public TheDecisionLog Log { get; } = new();

    /// <summary>The gateways' clock.</summary>
    public TheClock Clock { get; } = new();

    public TheGateway Gateway { get; private set; } = null!;

    /// <summary>Starts broker, the adapters of organisations of these types, which all know the person, and the gateway.</summary>
    public static async Task<TheExchange> StartAsync(params IEnumerable<string> types) => await StartAsync(Configured, types);

    /// <summary>As above, with this broker; null is the embedded one.</summary>
    public static async Task<TheExchange> StartAsync(EventsOptions? real, IEnumerable<string> types)
    {
        if (real is not null)
        {
            await OneAtATime.WaitAsync();
        }

        var broker = real is null ? new EmbeddedBroker() : null;
        var exchange = new TheExchange(real ?? broker!.Options, broker);
        await exchange.EnsureAsync([]);
        foreach (var type in types)
        {
            exchange._adapters[type] = await exchange.JoinAsync(type);
        }

        await exchange.StartGatewayAsync();
        return exchange;
    }

    /// <summary>An organisation of this type that was there from the start.</summary>
    public TheAdapter this[string type] => _adapters[type];

    /// <summary>Another, empty broker in the place of the first; the gateway is stopped.</summary>
    public async Task ReplaceBrokerAsync()
    {
        await StopGatewayAsync();
        Broker!.Dispose();
        Broker = new EmbeddedBroker();
        Events = Broker.Options;
        await EnsureAsync([.. Registry.All.Select(p => p.Oin)]);
    }

    public async Task StopGatewayAsync() => await Gateway.DisposeAsync();

    public async Task StartGatewayAsync() => Gateway = await AnotherGatewayAsync();

    /// <summary>A second replica; dispose it.</summary>
    public Task<TheGateway> AnotherGatewayAsync() => TheGateway.StartAsync(Events, Registry, Policy, Log, Clock);

    /// <summary>The person of this test, as the federation knows them.</summary>
    public async Task<Pseudonym> PersonAsync() => (await new HashedPseudonyms().EvaluateAsync([Bsn], CancellationToken.None))[0];

    /// <summary>Registers an organisation that knows the person as its client, and starts its adapter.</summary>
    public async Task<TheAdapter> JoinAsync(string type) => await StartAdapterAsync(await RegisterAsync(type), type);

    public async Task<Oin> RegisterAsync(string type, string status = "active")
    {
        // As an operator does: topics first, registry second.
        var oin = TheRegistry.SomeOin();
        await EnsureAsync([oin]);
        Registry.Register(oin, type, status);
        return oin;
    }

    public async Task<TheAdapter> StartAdapterAsync(
        Oin oin, string type, bool connected = true, Action<InvolvementExchangeOptions>? with = null, IClientDirectory? clients = null,
        TimeProvider? time = null, IPseudonymSource? pseudonyms = null)
    {
        var adapter = await TheAdapter.StartAsync(Events, oin, type, _directory, Bsn, connected, with, clients, time, pseudonyms);
        _running.Add(adapter);
        return adapter;
    }

    public async Task StopAsync(TheAdapter adapter)
    {
        _running.Remove(adapter);
        await adapter.DisposeAsync();
    }

    /// <summary>Writes to a participant's topic what its adapter never would.</summary>
    public async Task ProduceAsync(string topic, string key, byte[]? value, CloudEvent envelope, string? person = null, params Header[] headers)
    {
        var all = envelope.ToHeaders();
        Array.ForEach(headers, all.Add);
        using var producer = new EventProducer(new KafkaClients(Events, NullLogger<KafkaClients>.Instance), "test");
        await producer.SendAsync(
            topic, person, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = value!, Headers = all },
            CancellationToken.None).WaitAsync(Wait.Limit);
    }

    /// <summary>Tells an organisation something, as the gateway would.</summary>
    public Task TellAsync(Oin oin, string about, string id)
    {
        var notification = new Notification { NotificationId = id, Subject = about, MatchEnded = new MatchEnded { OwnInvolvementId = id } };
        return ProduceAsync(
            Topics.Notifications(oin), about, notification.ToByteArray(),
            new CloudEvent(id, CloudEvent.GatewaySource, EventTypes.Notification, DateTimeOffset.UtcNow), about);
    }

    /// <summary>Reads a topic from its beginning until so many records are there.</summary>
    public async Task<List<ConsumeResult<byte[], byte[]>>> ReadAsync(string topic, int count)
    {
        using var consumer = new KafkaClients(Events, NullLogger<KafkaClients>.Instance).CreateAssignedConsumer("test");
        var partitions = KafkaClients.CountPartitions(consumer.Handle, topic, Wait.Limit);
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var found = new List<ConsumeResult<byte[], byte[]>>();
        await Task.Run(() =>
        {
            using var limit = new CancellationTokenSource(Wait.Limit);
            while (found.Count < count)
            {
                found.Add(consumer.Consume(limit.Token));
            }
        });
        return found;
    }

    /// <summary>How many records a topic has had.</summary>
    public async Task<long> CountAsync(string topic)
    {
        using var consumer = new KafkaClients(Events, NullLogger<KafkaClients>.Instance).CreateAssignedConsumer("test");
        return await Task.Run(() => Enumerable.Range(0, KafkaClients.CountPartitions(consumer.Handle, topic, Wait.Limit))
            .Sum(p => consumer.QueryWatermarkOffsets(new TopicPartition(topic, p), Wait.Limit).High.Value));
    }

    /// <summary>Waits until a group has finished with everything in a topic.</summary>
    public async Task CommittedAsync(string group, string topic)
    {
        using var consumer = new KafkaClients(Events, NullLogger<KafkaClients>.Instance).CreateConsumer("test", group);
        var partitions = Enumerable.Range(0, KafkaClients.CountPartitions(consumer.Handle, topic, Wait.Limit)).Select(p => new TopicPartition(topic, p));
        await Wait.UntilAsync(() => consumer.Committed(partitions, Wait.Limit)
            .All(c => Math.Max(c.Offset.Value, 0) == consumer.QueryWatermarkOffsets(c.TopicPartition, Wait.Limit).High.Value));
    }

    public static string ReasonOf(ConsumeResult<byte[], byte[]> deadLetter) =>
        Encoding.UTF8.GetString(deadLetter.Message.Headers.GetLastBytes("keten-reason"));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Select(r => r.DisposeAsync().AsTask()));
        await Gateway.DisposeAsync();
        Broker?.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
        if (Broker is null)
        {
            OneAtATime.Release();
        }
    }

    private static EventsOptions? Configured => Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP") is { Length: > 0 } bootstrap
        ? new EventsOptions { BootstrapServers = bootstrap, AllowPlaintext = true } : null;

    /// <summary>The person of this test.</summary>
    public string Bsn { get; } = SomeBsn();

    private Task EnsureAsync(IReadOnlyList<Oin> participants)
    {
        ITopicAdministration administration = Broker is null ? new KafkaTopicAdministration(Events) : Broker;
        return administration.EnsureAsync(TopicLayout.For(participants, replication: 1), CancellationToken.None);
    }

    /// <summary>A number that passes the elfproef and is nobody's.</summary>
    public static string SomeBsn()
    {
        while (true)
        {
            var digits = Enumerable.Range(0, 8).Select(i => Random.Shared.Next(i == 0 ? 1 : 0, 10)).ToArray();
            var check = digits.Select((d, i) => d * (9 - i)).Sum() % 11;
            if (check < 10)
            {
                return string.Concat(digits) + check;
            }
        }
    }
}
