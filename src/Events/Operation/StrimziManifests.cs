using System.Globalization;
using System.Text;

namespace Keten.Events.Operation;

/// <summary>Topics and rules as resources of the Strimzi operator (<c>kafka.strimzi.io/v1</c>).</summary>
public static class StrimziManifests
{
    /// <summary>YAML documents: the topics, then a user for each principal. Every value is made of letters, digits, dots and dashes.</summary>
    /// <param name="cluster">Name of the <c>Kafka</c> resource.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="rules">The rules.</param>
    public static string Write(string cluster, IEnumerable<TopicSpecification> topics, IEnumerable<AccessRule> rules)
    {
        var yaml = new StringBuilder(
            $"""
            # Made by «keten events acl --format strimzi».
            # The listener of the Kafka resource identifies clients by the OIN of their certificate (Strimzi 0.46 or newer):
            #   authentication:
            #     type: custom
            #     sasl: false
            #     listenerConfig:
            #       ssl.client.auth: required
            #       ssl.principal.mapping.rules: '{BrokerPrincipal.MappingRules}'
            #       ssl.truststore.type: PEM
            #       ssl.truststore.location: /path/of/the/federation's/trust/anchors.pem
            # and the cluster has «authorization: type: simple» and «config: auto.create.topics.enable: false».

            """);
        foreach (var topic in topics)
        {
            Append(yaml, topic, cluster);
        }

        foreach (var owner in rules.GroupBy(rule => rule.Who))
        {
            yaml.Append(CultureInfo.InvariantCulture,
                $"""
                ---
                # {owner.Key.Value}
                apiVersion: kafka.strimzi.io/v1
                kind: KafkaUser
                metadata:
                  name: "{BrokerPrincipal.UserName(owner.Key)}"
                  labels:
                    strimzi.io/cluster: {cluster}
                spec:
                  authentication:
                    type: tls-external
                  authorization:
                    type: simple
                    acls:

                """);
            foreach (var rule in owner)
            {
                yaml.Append(CultureInfo.InvariantCulture,
                    $"""
                          - resource:
                              type: {rule.Resource}
                              name: {rule.Name}
                              patternType: literal
                            operations: [{string.Join(", ", rule.Operations)}]
                            host: "*"

                    """);
            }
        }

        return yaml.ToString();
    }

    private static void Append(StringBuilder yaml, TopicSpecification topic, string cluster)
    {
        yaml.Append(CultureInfo.InvariantCulture,
            $"""
            ---
            apiVersion: kafka.strimzi.io/v1
            kind: KafkaTopic
            metadata:
              name: {topic.Name.ToLowerInvariant()}
              labels:
                strimzi.io/cluster: {cluster}
            spec:
              topicName: {topic.Name}
              partitions: {topic.Partitions}
              replicas: {topic.Replication}
              config:

            """);
        foreach (var (key, value) in topic.Settings)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"    {key}: \"{value}\"\n");
        }
    }
}
