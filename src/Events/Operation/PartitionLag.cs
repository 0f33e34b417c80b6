namespace Keten.Events.Operation;

/// <summary>How far a group is behind in one partition.</summary>
/// <param name="Group">Consumer group.</param>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Done">Offset up to which everything is finished; the first kept offset when the group never finished anything.</param>
/// <param name="End">Offset of the next record to be written.</param>
public sealed record PartitionLag(string Group, string Topic, int Partition, long Done, long End)
{
    /// <summary>Records not finished.</summary>
    public long Lag => End - Done;
}
