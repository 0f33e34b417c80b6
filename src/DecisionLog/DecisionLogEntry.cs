using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>One record with its place. The index is also the leaf index of the Merkle tree, the payload its leaf entry.</summary>
/// <param name="Index">Position in the whole log, from 0, without gaps.</param>
/// <param name="Segment">Path of the segment file.</param>
/// <param name="Offset">Byte offset of the frame in the segment.</param>
/// <param name="Payload">The bytes exactly as stored: the protobuf encoding of the record, sealed.</param>
/// <param name="Record">The record, opened where the key is at hand.</param>
public sealed record DecisionLogEntry(long Index, string Segment, long Offset, ReadOnlyMemory<byte> Payload, LogRecord Record);
