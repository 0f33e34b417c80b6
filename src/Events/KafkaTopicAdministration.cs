using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Keten.Events;

/// <summary>Topics on a real broker. The mock cluster does not answer these requests: use <see cref="EmbeddedBroker"/> there.</summary>
public sealed class KafkaTopicAdministration(EventsOptions options) : ITopicAdministration
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    // Long enough that a consumer which was away sees every step of an involvement, not only the last.
    private static readonly TimeSpan CompactionLag = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    /// <exception cref="KafkaException">The broker does not answer or refuses.</exception>
    public async Task EnsureAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken)
    {
        using var admin = new AdminClientBuilder(Configure()).Build();
        var existing = admin.GetMetadata(Timeout).Topics.Select(t => t.Topic).ToHashSet(StringComparer.Ordinal);
        var missing = topics.Where(t => !existing.Contains(t.Name)).Select(Specify).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        try
        {
            await admin.CreateTopicsAsync(missing, new CreateTopicsOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken);
        }
        catch (CreateTopicsException failure) when (failure.Results.All(r => !r.Error.IsError || r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Somebody else made them meanwhile.
        }
    }

    private static Confluent.Kafka.Admin.TopicSpecification Specify(TopicSpecification topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = -1,
        Configs = topic.Compacted
            ? new() { ["cleanup.policy"] = "compact", ["min.compaction.lag.ms"] = $"{CompactionLag.TotalMilliseconds:F0}" }
            : new() { ["cleanup.policy"] = "delete" },
    };

    private AdminClientConfig Configure()
    {
        var config = new AdminClientConfig { BootstrapServers = options.BootstrapServers };
        if (options.CertificateAuthorityPath is not null || options.CertificatePath is not null)
        {
            config.SecurityProtocol = SecurityProtocol.Ssl;
            config.SslCaLocation = options.CertificateAuthorityPath;
            config.SslCertificateLocation = options.CertificatePath;
            config.SslKeyLocation = options.KeyPath;
        }

        return config;
    }
}
