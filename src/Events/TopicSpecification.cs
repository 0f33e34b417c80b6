namespace Keten.Events;

/// <summary>A topic that should exist.</summary>
/// <param name="Name">Name.</param>
/// <param name="Partitions">Number of partitions; never changed afterwards, because keys would move.</param>
/// <param name="Compacted">Keeps the last record of every key for ever; otherwise records expire.</param>
public sealed record TopicSpecification(string Name, int Partitions, bool Compacted);
