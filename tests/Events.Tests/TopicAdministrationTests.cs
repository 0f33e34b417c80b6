using Confluent.Kafka;

namespace Keten.Events.Tests;

/// <summary>What is asked of a real broker; the mock cluster answers neither making nor describing, so these look at the questions.</summary>
public sealed class TopicAdministrationTests
{
    private static readonly TopicSpecification Topic = new("t", 2, Compacted: true);

    [Theory]
    [InlineData(3, "2")]
    [InlineData(4, "2")]
    [InlineData(2, "1")]
    [InlineData(1, "1")]
    public void Nothing_about_copies_is_left_to_the_broker(int replication, string inSync)
    {
        Assert.All(TopicLayout.For([], replication).Select(KafkaTopicAdministration.Specify), asked =>
        {
            Assert.Equal(replication, asked.ReplicationFactor);
            Assert.Equal(inSync, asked.Configs["min.insync.replicas"]);
        });
    }

    [Fact]
    public void Without_a_word_there_are_three_copies() => Assert.All(TopicLayout.For([]), topic => Assert.Equal(3, topic.Replication));

    [Fact]
    public void A_topic_with_another_number_of_copies_is_told_of()
    {
        Assert.Empty(KafkaTopicAdministration.Compare(Topic, Existing(3, 3)));
        Assert.Equal([new("t", "replication", "3", "1")], KafkaTopicAdministration.Compare(Topic, Existing(1, 1)));
        Assert.Equal([new("t", "replication", "3", "2 and 3")], KafkaTopicAdministration.Compare(Topic, Existing(3, 2)));
        Assert.Equal([new("t", "partitions", "2", "1"), new("t", "replication", "3", "1")], KafkaTopicAdministration.Compare(Topic, Existing(1)));
        Assert.Equal([new("t", TopicDifference.Existence, "yes", "no")], KafkaTopicAdministration.Compare(Topic, null));
    }

    private static TopicMetadata Existing(params int[] copies) => new(
        "t", [.. copies.Select((n, i) => new PartitionMetadata(i, 0, [.. Enumerable.Range(0, n)], [], new Error(ErrorCode.NoError)))], new Error(ErrorCode.NoError));
}
