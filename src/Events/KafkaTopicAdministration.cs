using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Keten.Events;

/// <summary>Topics on a real broker. The mock cluster does not answer these requests: use <see cref="EmbeddedBroker"/> there.</summary>
public sealed class KafkaTopicAdministration(EventsOptions options) : ITopicAdministration
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    /// <exception cref="KafkaException">The broker does not answer or refuses.</exception>
    /// <exception cref="TooFewBrokersException">There are fewer brokers than there should be copies. Nothing was made.</exception>
    public async Task EnsureAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken)
    {
        using var admin = Connect();
        var metadata = admin.GetMetadata(Timeout);
        var existing = Existing(metadata);
        var missing = topics.Where(t => !existing.ContainsKey(t.Name)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        var copies = missing.Max(topic => topic.Replication);
        if (copies > metadata.Brokers.Count)
        {
            throw new TooFewBrokersException(copies, metadata.Brokers.Count);
        }

        try
        {
            await admin.CreateTopicsAsync(missing.Select(Specify), new CreateTopicsOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken);
        }
        catch (CreateTopicsException failure) when (failure.Results.All(r => !r.Error.IsError || r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Somebody else made them meanwhile.
        }
    }

    /// <summary>How the broker's topics differ from these: missing, other partitions, another number of copies, other settings. Empty: all is as it should be.</summary>
    /// <exception cref="KafkaException">The broker does not answer or refuses.</exception>
    public async Task<IReadOnlyList<TopicDifference>> CompareAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken)
    {
        using var admin = Connect();
        var existing = Existing(admin.GetMetadata(Timeout));
        var differences = topics.SelectMany(topic => Compare(topic, existing.GetValueOrDefault(topic.Name))).ToList();
        var present = topics.Where(t => existing.ContainsKey(t.Name)).ToDictionary(t => t.Name);
        if (present.Count > 0)
        {
            var resources = present.Keys.Select(name => new ConfigResource { Type = ResourceType.Topic, Name = name });
            foreach (var result in await admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken))
            {
                differences.AddRange(present[result.ConfigResource.Name].Settings
                    .Select(wanted => (wanted, Is: result.Entries.GetValueOrDefault(wanted.Key)?.Value ?? ""))
                    .Where(setting => setting.Is != setting.wanted.Value)
                    .Select(setting => new TopicDifference(result.ConfigResource.Name, setting.wanted.Key, setting.wanted.Value, setting.Is)));
            }
        }

        return differences;
    }

    /// <summary>How a topic's partitions differ from what they should be; null: it is not there.</summary>
    internal static IEnumerable<TopicDifference> Compare(TopicSpecification topic, TopicMetadata? existing)
    {
        if (existing is null)
        {
            return [new(topic.Name, TopicDifference.Existence, "yes", "no")];
        }

        var differences = new List<TopicDifference>();
        if (existing.Partitions.Count != topic.Partitions)
        {
            differences.Add(new(topic.Name, "partitions", $"{topic.Partitions}", $"{existing.Partitions.Count}"));
        }

        var copies = existing.Partitions.Select(partition => partition.Replicas.Length).Distinct().Order().ToList();
        if (copies is not [var all] || all != topic.Replication)
        {
            differences.Add(new(topic.Name, "replication", $"{topic.Replication}", string.Join(" and ", copies)));
        }

        return differences;
    }

    /// <summary>What the broker is asked to make; nothing is left to its own defaults, which are one copy.</summary>
    internal static Confluent.Kafka.Admin.TopicSpecification Specify(TopicSpecification topic) => new()
    {
        Name = topic.Name, NumPartitions = topic.Partitions, ReplicationFactor = checked((short)topic.Replication), Configs = topic.Settings.ToDictionary(),
    };

    private static Dictionary<string, TopicMetadata> Existing(Metadata metadata) =>
        metadata.Topics.Where(t => !t.Error.IsError).ToDictionary(t => t.Topic, StringComparer.Ordinal);

    private IAdminClient Connect()
    {
        var config = new AdminClientConfig();
        options.ApplyTo(config);
        return new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
    }
}
