namespace Keten.DecisionLog;

/// <summary>
/// Bytes at the end of the log that are no whole record and were never acknowledged: a crash, or a writer that is busy at this moment.
/// </summary>
/// <param name="Segment">Path of the segment file.</param>
/// <param name="Offset">Where the last whole record ends.</param>
/// <param name="Bytes">Bytes from there to the last one that is not zero.</param>
/// <param name="NextIndex">Index the next whole record will get.</param>
/// <param name="Fault">What is wrong with the bytes.</param>
public sealed record TornTail(string Segment, long Offset, long Bytes, long NextIndex, string Fault);
