using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Keten.DecisionLog.Subjects;

/// <summary>
/// One person's place in the key file: 64 bytes, so that none ever lies across two sectors of a disk. The pseudonym itself is not in it, only a
/// digest to find it by.
/// </summary>
internal static class SubjectSlot
{
    public const int Size = 64;
    public const int DigestBytes = 24;
    public const int KeyBytes = 32;
    private const int MonthAt = DigestBytes + KeyBytes;
    private const int ChecksumAt = MonthAt + sizeof(uint);

    /// <summary>Offset of the month in a slot: it alone is written again, so that a torn write cannot cost a key.</summary>
    public const int MonthOffset = MonthAt;

    public static void Digest(string pseudonym, Span<byte> digest)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(128)];
        var length = pseudonym.Length <= 128 ? Encoding.UTF8.GetBytes(pseudonym, text) : -1;
        SHA256.HashData(length < 0 ? Encoding.UTF8.GetBytes(pseudonym) : text[..length], whole);
        whole[..DigestBytes].CopyTo(digest);
    }

    /// <summary>As the index in memory has it; of 128 bits of SHA-256 no two are alike.</summary>
    public static UInt128 Short(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadUInt128LittleEndian(digest);

    public static void Write(Span<byte> slot, long number, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> key, int month)
    {
        digest.CopyTo(slot);
        key.CopyTo(slot[DigestBytes..]);
        WriteMonth(slot[MonthAt..], month);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[ChecksumAt..], Checksum(slot, number));
    }

    /// <summary>What stands where a key was destroyed: zeros, and a sum that says so was meant.</summary>
    public static void WriteErased(Span<byte> slot, long number)
    {
        slot[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(slot[ChecksumAt..], Checksum(slot, number));
    }

    public static void WriteMonth(Span<byte> target, int month) => BinaryPrimitives.WriteInt32LittleEndian(target, month);

    public static int Month(ReadOnlySpan<byte> slot) => BinaryPrimitives.ReadInt32LittleEndian(slot[MonthAt..]);

    public static ReadOnlySpan<byte> Digest(ReadOnlySpan<byte> slot) => slot[..DigestBytes];

    public static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> slot) => slot.Slice(DigestBytes, KeyBytes);

    public static SlotState State(ReadOnlySpan<byte> slot, long number) =>
        !slot[..Size].ContainsAnyExcept((byte)0) ? SlotState.Empty
        : BinaryPrimitives.ReadUInt32LittleEndian(slot[ChecksumAt..]) != Checksum(slot, number) ? SlotState.Damaged
        : slot[..MonthAt].ContainsAnyExcept((byte)0) ? SlotState.Key : SlotState.Erased;

    private static uint Checksum(ReadOnlySpan<byte> slot, long number)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, number);
        return Crc32C.Finish(Crc32C.Add(Crc32C.Add(Crc32C.Start, place), slot[..MonthAt]));
    }
}
