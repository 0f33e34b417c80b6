using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Keten.Events;

/// <summary>Makes the clients, all with the same settings and the same log, so that delivery semantics are decided in one place.</summary>
public sealed partial class KafkaClients
{
    private readonly EventsOptions _options;
    private readonly ILogger<KafkaClients> _logger;

    /// <summary>Connects to nothing yet; warns when what is to be connected to is not protected.</summary>
    public KafkaClients(EventsOptions options, ILogger<KafkaClients> logger)
    {
        (_options, _logger) = (options, logger);
        if (options.IsUnprotected)
        {
            Log.Unprotected(logger, options.BootstrapServers);
        }
    }

    /// <summary>
    /// Idempotent producer, acknowledged by all replicas. A send never times out by itself: the broker may be away for days, and giving up
    /// one message while a later one gets through would break the order. Whoever sends stops waiting by its token.
    /// </summary>
    /// <param name="clientId">Name in logs and at the broker.</param>
    /// <param name="broken">Called when it has failed for good, on the client's own thread: do not dispose it there.</param>
    public IProducer<byte[], byte[]> CreateProducer(string clientId, Action? broken = null)
    {
        var config = Configure(new ProducerConfig
        {
            ClientId = clientId,
            EnableIdempotence = true,
            Acks = Acks.All,
            MessageTimeoutMs = 0,
            LingerMs = 1,
            CompressionType = CompressionType.Lz4,

            // Who sends has the message; only where it landed is news.
            DeliveryReportFields = "none",
            QueueBufferingMaxMessages = 100_000,
        });
        return new ProducerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => Write(message))
            .SetErrorHandler((_, error) =>
            {
                Write(clientId, error);
                if (error.IsFatal)
                {
                    broken?.Invoke();
                }
            })
            .Build();
    }

    /// <summary>
    /// Consumer of a group. Offsets are committed in the background, but only those stored with <c>StoreOffset</c>: store an offset when the
    /// effects of the record are durable. Starts at the beginning when the group has no offset.
    /// </summary>
    /// <param name="clientId">Name in logs and at the broker.</param>
    /// <param name="group">Consumer group.</param>
    /// <param name="assigned">Called with newly assigned partitions; null when the consumer assigns itself.</param>
    /// <param name="revoked">Called with partitions that go, or are gone, to another consumer.</param>
    public IConsumer<byte[], byte[]> CreateConsumer(
        string clientId, string group, Action<IReadOnlyList<TopicPartition>>? assigned = null, Action<IReadOnlyList<TopicPartition>>? revoked = null)
    {
        var builder = Consumer(clientId, group, autoCommit: true);
        if (assigned is not null)
        {
            builder.SetPartitionsAssignedHandler((_, partitions) => assigned(partitions));
        }

        if (revoked is not null)
        {
            builder.SetPartitionsRevokedHandler((_, partitions) => revoked([.. partitions.Select(p => p.TopicPartition)]));
        }

        return builder.Build();
    }

    /// <summary>Consumer without committed offsets: its reader keeps the offset itself, in the same transaction as the effect.</summary>
    public IConsumer<byte[], byte[]> CreateAssignedConsumer(string clientId) => Consumer(clientId, clientId, autoCommit: false).Build();

    /// <summary>Number of partitions of a topic. Brokers that make topics on first use make it.</summary>
    /// <exception cref="KafkaException">No answer in time, or no such topic.</exception>
    public static int CountPartitions(Handle handle, string topic, TimeSpan timeout)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        var metadata = admin.GetMetadata(topic, timeout).Topics.Single(t => t.Topic == topic);
        return metadata.Error.IsError || metadata.Partitions.Count == 0
            ? throw new KafkaException(metadata.Error.IsError ? metadata.Error : new Error(ErrorCode.UnknownTopicOrPart))
            : metadata.Partitions.Count;
    }

    private ConsumerBuilder<byte[], byte[]> Consumer(string clientId, string group, bool autoCommit)
    {
        var config = Configure(new ConsumerConfig
        {
            ClientId = clientId,
            GroupId = group,
            EnableAutoCommit = autoCommit,
            AutoCommitIntervalMs = 500,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AllowAutoCreateTopics = true,
            FetchWaitMaxMs = (int)_options.FetchWait.TotalMilliseconds,
            FetchErrorBackoffMs = 100,
            SessionTimeoutMs = (int)_options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = (int)_options.SessionTimeout.TotalMilliseconds / 4,
            TopicMetadataRefreshIntervalMs = 2_000,
        });
        return new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => Write(message))
            .SetErrorHandler((_, error) => Write(clientId, error));
    }

    private T Configure<T>(T config)
        where T : ClientConfig
    {
        _options.ApplyTo(config);
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 2_000;
        config.SocketNagleDisable = true;
        return config;
    }

    private void Write(LogMessage message)
    {
        var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        if (level >= LogLevel.Warning)
        {
            Log.Library(_logger, message.Name, message.Facility, message.Message);
        }
    }

    private void Write(string clientId, Error error)
    {
        if (error.IsFatal)
        {
            Log.Fatal(_logger, clientId, error.Reason);
        }
        else
        {
            Log.Trouble(_logger, clientId, error.Code, error.Reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6000, LogLevel.Warning,
            "Kafka:AllowPlaintext is on: whoever is on the network to {Servers} can read and write for every organisation. Development only")]
        public static partial void Unprotected(ILogger logger, string servers);

        [LoggerMessage(6001, LogLevel.Warning, "Kafka client {Client}: {Facility} {Text}")]
        public static partial void Library(ILogger logger, string client, string facility, string text);

        [LoggerMessage(6002, LogLevel.Warning, "Kafka client {Client} has trouble and keeps trying: {Code}, {Reason}")]
        public static partial void Trouble(ILogger logger, string client, ErrorCode code, string reason);

        [LoggerMessage(6003, LogLevel.Error, "Kafka client {Client} cannot go on and is replaced: {Reason}")]
        public static partial void Fatal(ILogger logger, string client, string reason);
    }
}
