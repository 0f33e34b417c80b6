using System.Runtime.InteropServices;
using System.Text;
using Keten.Events.Native;

namespace Keten.Events;

/// <summary>
/// librdkafka's mock cluster in this process: the real client and the real protocol on loopback, without a broker to install. For
/// development, demo and tests only: it keeps 5 MB per partition in memory, compacts nothing, knows no TLS and no ACL, and forgets
/// everything when it stops.
/// </summary>
public sealed class EmbeddedBroker : ITopicAdministration, IDisposable, IAsyncDisposable
{
    private const int BrokerId = 1;
    private const int Produce = 0;

    private readonly nint _client;
    private readonly Lock _gate = new();
    private nint _cluster;

    /// <summary>Starts one broker on a free port of loopback.</summary>
    /// <exception cref="InvalidOperationException">librdkafka could not start it.</exception>
    public unsafe EmbeddedBroker()
    {
        const int ErrorSize = 512;
        var error = stackalloc byte[ErrorSize];
        var configuration = LibRdKafka.rd_kafka_conf_new();

        // The hosting client connects to nothing; its warnings about that would go to standard error.
        _ = LibRdKafka.rd_kafka_conf_set(configuration, "log_level", "0", error, ErrorSize);
        _client = LibRdKafka.rd_kafka_new(LibRdKafka.ProducerType, configuration, error, ErrorSize);
        if (_client == 0)
        {
            throw new InvalidOperationException($"The embedded broker could not start: {Marshal.PtrToStringUTF8((nint)error)}.");
        }

        _cluster = LibRdKafka.rd_kafka_mock_cluster_new(_client, 1);
        if (_cluster == 0)
        {
            LibRdKafka.rd_kafka_destroy(_client);
            throw new InvalidOperationException("The embedded broker could not start: no mock cluster. Is loopback available?");
        }

        LibRdKafka.rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, 0);
        BootstrapServers = Marshal.PtrToStringUTF8(LibRdKafka.rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    /// <summary><c>host:port</c>; other processes on this machine may connect as well.</summary>
    public string BootstrapServers { get; }

    /// <summary>Options for a client of this broker.</summary>
    public EventsOptions Options => new() { BootstrapServers = BootstrapServers, SessionTimeout = TimeSpan.FromSeconds(1.5) };

    /// <inheritdoc/>
    public Task EnsureAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken)
    {
        foreach (var topic in topics)
        {
            // An existing topic answers TopicAlreadyExists, and that is what was asked for.
            Call(cluster => LibRdKafka.rd_kafka_mock_topic_create(cluster, topic.Name, topic.Partitions, 1));
        }

        return Task.CompletedTask;
    }

    /// <summary>Cuts all connections and refuses new ones; what was stored stays.</summary>
    public void SetDown() => Call(cluster => LibRdKafka.rd_kafka_mock_broker_set_down(cluster, BrokerId));

    /// <summary>Accepts connections again.</summary>
    public void SetUp() => Call(cluster => LibRdKafka.rd_kafka_mock_broker_set_up(cluster, BrokerId));

    /// <summary>Answers every request about this topic with this error, until it is set to <c>NoError</c>.</summary>
    public void SetTopicError(string topic, Confluent.Kafka.ErrorCode code) => Call(cluster =>
    {
        LibRdKafka.rd_kafka_mock_topic_set_error(cluster, topic, (int)code);
        return 0;
    });

    /// <summary>Makes the next produce requests fail, one for each code, in this order.</summary>
    public unsafe void FailNextProduces(params ReadOnlySpan<Confluent.Kafka.ErrorCode> codes)
    {
        Span<int> errors = stackalloc int[codes.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            errors[i] = (int)codes[i];
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            fixed (int* first = errors)
            {
                LibRdKafka.rd_kafka_mock_push_request_errors_array(_cluster, Produce, (nuint)errors.Length, first);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_cluster != 0)
            {
                LibRdKafka.rd_kafka_mock_cluster_destroy(_cluster);
                LibRdKafka.rd_kafka_destroy(_client);
                _cluster = 0;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Call(Func<nint, int> function)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            _ = function(_cluster);
        }
    }
}
