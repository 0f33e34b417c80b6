using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Keten.Events;

/// <summary>Topics on a real broker. The mock cluster does not answer these requests: use <see cref="EmbeddedBroker"/> there.</summary>
public sealed class KafkaTopicAdministration(EventsOptions options) : ITopicAdministration
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    /// <exception cref="KafkaException">The broker does not answer or refuses.</exception>
    public async Task EnsureAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken)
    {
        using var admin = Connect();
        var existing = Existing(admin);
        var missing = topics.Where(t => !existing.ContainsKey(t.Name)).Select(Specify).ToList();
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

    /// <summary>How the broker's topics differ from these: missing, other partitions, other settings. Empty: all is as it should be.</summary>
    /// <exception cref="KafkaException">The broker does not answer or refuses.</exception>
    public async Task<IReadOnlyList<TopicDifference>> CompareAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken)
    {
        using var admin = Connect();
        var existing = Existing(admin);
        var differences = new List<TopicDifference>();
        foreach (var topic in topics)
        {
            if (!existing.TryGetValue(topic.Name, out var partitions))
            {
                differences.Add(new(topic.Name, TopicDifference.Existence, "yes", "no"));
            }
            else if (partitions != topic.Partitions)
            {
                differences.Add(new(topic.Name, "partitions", $"{topic.Partitions}", $"{partitions}"));
            }
        }

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

    private static Dictionary<string, int> Existing(IAdminClient admin) =>
        admin.GetMetadata(Timeout).Topics.Where(t => !t.Error.IsError).ToDictionary(t => t.Topic, t => t.Partitions.Count, StringComparer.Ordinal);

    private static Confluent.Kafka.Admin.TopicSpecification Specify(TopicSpecification topic) => new()
    {
        Name = topic.Name, NumPartitions = topic.Partitions, ReplicationFactor = -1, Configs = topic.Settings.ToDictionary(),
    };

    private IAdminClient Connect()
    {
        var config = new AdminClientConfig();
        options.ApplyTo(config);
        return new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
    }
}
