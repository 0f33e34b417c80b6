using System.Buffers.Binary;

namespace Keten.Gateway.DecisionLog;

/// <summary>
/// How many records have been acknowledged, written after each sync and itself not synced: after a kill it is exact, after a power cut it
/// may be too low, never too high. Recovery cuts nothing below it, and misses what is gone from the end.
/// </summary>
internal sealed class AcknowledgedMark : IDisposable
{
    private const int Size = 16;
    private const int ChecksumAt = 12;
    private readonly FileStream _file;
    private readonly byte[] _bytes = new byte[Size];

    private AcknowledgedMark(FileStream file) => _file = file;

    public static AcknowledgedMark Open(string directory) =>
        new(LogFiles.Open(Path.Combine(directory, LogFiles.MarkName), FileMode.OpenOrCreate, FileShare.ReadWrite));

    /// <summary>The count, or 0 when there is no readable mark: the frames then still protect all but the last write.</summary>
    public static long Read(string directory)
    {
        var path = Path.Combine(directory, LogFiles.MarkName);
        if (!File.Exists(path))
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[Size];
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return RandomAccess.Read(handle, bytes, 0) == Size && BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) == Checksum(bytes)
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes)
            : 0;
    }

    public void Write(long count)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes, count);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(ChecksumAt), Checksum(_bytes));
        RandomAccess.Write(_file.SafeFileHandle, _bytes, 0);
    }

    public void Sync() => NativeFile.SyncData(_file.SafeFileHandle);

    public void Dispose() => _file.Dispose();

    private static uint Checksum(ReadOnlySpan<byte> bytes) => Crc32C.Finish(Crc32C.Add(Crc32C.Start, bytes[..ChecksumAt]));
}
