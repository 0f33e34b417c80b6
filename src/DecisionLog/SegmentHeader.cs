using System.Buffers.Binary;

namespace Keten.DecisionLog;

/// <summary>The first 64 bytes of a segment; layout in docs/decision-log.md.</summary>
internal readonly record struct SegmentHeader(Guid LogId, long FirstIndex, long CreatedMilliseconds)
{
    public const int Size = 64;
    private const uint Version = 1;
    private const int ChecksumAt = 60;

    private static ReadOnlySpan<byte> Magic => "KETENLOG"u8;

    public void Write(Span<byte> target)
    {
        target[..Size].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], Size);
        LogId.TryWriteBytes(target[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], FirstIndex);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], CreatedMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], Checksum(target));
    }

    /// <summary>Null when the header is whole, else what is wrong with it.</summary>
    public static string? TryRead(ReadOnlySpan<byte> source, out SegmentHeader header)
    {
        header = default;
        if (source.Length < Size)
        {
            return "the segment header is cut short";
        }

        if (!source.StartsWith(Magic))
        {
            return "this is no decision log segment";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumAt..]) != Checksum(source))
        {
            return "the checksum of the segment header does not match";
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        if (version != Version)
        {
            return $"format version {version}, this program reads version {Version}";
        }

        header = new SegmentHeader(
            new Guid(source.Slice(16, 16), bigEndian: true),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]));
        return null;
    }

    private static uint Checksum(ReadOnlySpan<byte> header) => Crc32C.Finish(Crc32C.Add(Crc32C.Start, header[..ChecksumAt]));
}
