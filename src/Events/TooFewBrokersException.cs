namespace Keten.Events;

/// <summary>A topic cannot have more copies than there are brokers.</summary>
public sealed class TooFewBrokersException(int replication, int brokers) : Exception(
    $"{replication} copies of every topic need {replication} brokers, and the cluster has {brokers}: add brokers, or give --replication 1 where all may be lost with one disk (development)");
