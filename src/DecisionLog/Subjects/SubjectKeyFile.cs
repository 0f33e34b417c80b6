using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Keten.DecisionLog.Subjects;

/// <summary>
/// The file <c>subjects.keys</c>: a header of 64 bytes, then slots by number, from 1. A key is destroyed by overwriting its slot; there is no
/// journal, no free list and no second copy in which it could live on.
/// </summary>
internal sealed class SubjectKeyFile : IDisposable
{
    public const string Name = "subjects.keys";
    private const uint Version = 1;
    private const int HeaderSize = SubjectSlot.Size;
    private const int ChecksumAt = HeaderSize - sizeof(uint);
    private const int FillBytes = 64 << 10;
    private const UnixFileMode ModeOfFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private long _filled;

    private SubjectKeyFile(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
        _filled = RandomAccess.GetLength(file);
    }

    private static ReadOnlySpan<byte> Magic => "KETENKEY"u8;

    /// <summary>For the log's writer; made when missing, readable by its user only.</summary>
    /// <exception cref="IOException">The file is not one of ours, or cannot be written.</exception>
    public static SubjectKeyFile OpenForWriting(string directory, Action<SafeFileHandle> sync)
    {
        var path = Path.Combine(directory, Name);
        if (!File.Exists(path))
        {
            Create(directory, path, sync);
        }

        var file = new SubjectKeyFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        return file.CheckedOrDisposed();
    }

    /// <summary>For readers: null when there is no such file, or this user may not read it. Then records stay sealed.</summary>
    /// <exception cref="IOException">The file is not one of ours.</exception>
    public static SubjectKeyFile? TryOpenForReading(string directory)
    {
        var path = Path.Combine(directory, Name);
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception reason) when (reason is FileNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }

        return new SubjectKeyFile(path, file).CheckedOrDisposed();
    }

    /// <summary>All slots in order, in pieces. What was being added meanwhile may be missing.</summary>
    public IEnumerable<(long Number, byte[] Slots, int Count)> Scan()
    {
        var buffer = new byte[1 << 20];
        for (var number = 1L; ; )
        {
            var read = RandomAccess.Read(_file, buffer, Offset(number));
            var count = read / SubjectSlot.Size;
            if (count == 0)
            {
                yield break;
            }

            yield return (number, buffer, count);
            number += count;
        }
    }

    /// <summary>Reads one slot.</summary>
    public SlotState Read(long number, Span<byte> slot)
    {
        if (number < 1 || RandomAccess.Read(_file, slot[..SubjectSlot.Size], Offset(number)) < SubjectSlot.Size)
        {
            return SlotState.Empty;
        }

        return SubjectSlot.State(slot, number);
    }

    /// <summary>Writes slots that follow each other. Not durable before <see cref="Sync"/>.</summary>
    public void Write(long number, ReadOnlySpan<byte> slots)
    {
        var end = Offset(number) + slots.Length;
        RandomAccess.Write(_file, slots, Offset(number));
        if (end > _filled)
        {
            // Zeros ahead, so that most syncs wait for data only, not for the file's size and map.
            RandomAccess.Write(_file, new byte[FillBytes], end);
            _filled = end + FillBytes;
        }
    }

    public void WriteMonth(long number, int month)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        SubjectSlot.WriteMonth(bytes, month);
        RandomAccess.Write(_file, bytes, Offset(number) + SubjectSlot.MonthOffset);
    }

    public void Sync(Action<SafeFileHandle> sync) => sync(_file);

    public void Dispose() => _file.Dispose();

    private static long Offset(long number) => HeaderSize + ((number - 1) * SubjectSlot.Size);

    private static void Create(string directory, string path, Action<SafeFileHandle> sync)
    {
        var unfinished = path + LogFiles.UnfinishedSuffix;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = ModeOfFile;
        }

        using (var file = new FileStream(unfinished, options))
        {
            Span<byte> header = stackalloc byte[HeaderSize];
            header.Clear();
            Magic.CopyTo(header);
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
            BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], Checksum(header));
            file.Write(header);
            sync(file.SafeFileHandle);
        }

        File.Move(unfinished, path, overwrite: true);
        NativeFile.SyncDirectory(directory);
    }

    private SubjectKeyFile CheckedOrDisposed()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (RandomAccess.Read(_file, header, 0) == HeaderSize && header.StartsWith(Magic)
            && BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Version
            && BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]) == Checksum(header))
        {
            return this;
        }

        Dispose();
        throw new IOException(
            $"{_path} is no file of subject keys that this program reads. Put back the file that belongs to this log; without it, move it away: "
            + "records sealed so far can then not be opened.");
    }

    private static uint Checksum(ReadOnlySpan<byte> header) => Crc32C.Finish(Crc32C.Add(Crc32C.Start, header[..ChecksumAt]));
}
