using System.Buffers.Binary;

namespace Keten.DecisionLog;

/// <summary>
/// What stands before each payload: length, CRC-32C, index, and how many records were durable when this one was written. The last one lets
/// a reader tell a torn tail from damage: whoever finds a frame that counts a record as durable knows that record was acknowledged.
/// </summary>
internal readonly record struct RecordFrame(int Length, long Index, long Durable)
{
    public const int Size = 24;

    /// <summary>Largest payload, in bytes. A record is about 600; what is far above it is a fault.</summary>
    public const int MaxPayload = 1 << 20;

    private const int ChecksumAt = 4;

    /// <summary>First half, by the appending thread: length and the sum over the payload.</summary>
    public static void Begin(Span<byte> frame, int length, uint payloadSum)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumAt..], payloadSum);
    }

    /// <summary>Second half, by the writer, which knows the index. Returns the payload's length.</summary>
    public static int Complete(Span<byte> frame, long index, long durable)
    {
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], index);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], durable);
        var payloadSum = BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumAt..], Close(payloadSum, frame));
        return BinaryPrimitives.ReadInt32LittleEndian(frame);
    }

    public static RecordFrame Read(ReadOnlySpan<byte> frame) => new(
        BinaryPrimitives.ReadInt32LittleEndian(frame),
        BinaryPrimitives.ReadInt64LittleEndian(frame[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(frame[16..]));

    /// <summary>True when frame and payload are as they were written.</summary>
    public static bool Matches(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..]) == Close(Crc32C.Add(Crc32C.Start, payload), frame);

    private static uint Close(uint payloadSum, ReadOnlySpan<byte> frame) =>
        Crc32C.Finish(Crc32C.Add(Crc32C.Add(payloadSum, frame[..ChecksumAt]), frame[8..Size]));
}
