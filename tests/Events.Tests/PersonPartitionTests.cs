namespace Keten.Events.Tests;

public sealed class PersonPartitionTests
{
    // From Apache Kafka's own UtilsTest.testMurmur2, made positive as its partitioner does.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    public void The_partition_is_the_one_other_kafka_clients_find(string key, int murmur2)
    {
        Assert.Equal((murmur2 & 0x7fffffff) % 12, PersonPartition.Of(key, 12));
    }
}
