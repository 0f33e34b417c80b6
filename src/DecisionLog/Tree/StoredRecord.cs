namespace Keten.DecisionLog.Tree;

/// <summary>A record as its bytes, with its place.</summary>
internal readonly record struct StoredRecord(long Index, string Segment, long Offset, byte[] Payload);
