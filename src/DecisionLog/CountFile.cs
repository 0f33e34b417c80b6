using System.Buffers.Binary;

namespace Keten.DecisionLog;

/// <summary>
/// How many records of the log something holds for: those acknowledged, those a follower is done with. Written after each step and itself
/// not synced: after a kill it is exact, after a power cut it may be too low, never too high.
/// </summary>
internal sealed class CountFile : IDisposable
{
    private const int Size = 16;
    private const int ChecksumAt = 12;
    private readonly FileStream _file;
    private readonly byte[] _bytes = new byte[Size];

    private CountFile(FileStream file) => _file = file;

    public static CountFile Open(string directory, string name) =>
        new(LogFiles.Open(Path.Combine(directory, name), FileMode.OpenOrCreate, FileShare.ReadWrite));

    /// <summary>The count, or 0 when there is no readable file: the least that can be said.</summary>
    public static long Read(string directory, string name)
    {
        var path = Path.Combine(directory, name);
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
