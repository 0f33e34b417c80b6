using Microsoft.Win32.SafeHandles;

namespace Keten.DecisionLog;

/// <summary>
/// The one writer of the segment files. It keeps the offset up to which all is durable; after a failed write everything past that is cut
/// off before anything is added, so that no half record is ever followed by a whole one.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    // Written as zeros ahead of the data, so that most syncs find the blocks in place and wait for data only, not for the file's size and map.
    private const int FillBytes = 1 << 20;

    // A segment goes as a whole when its youngest record is past retention; on a quiet gateway it would otherwise span years.
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(31);
    private static readonly byte[] Zeros = new byte[64 << 10];

    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly Guid _logId;
    private readonly TimeProvider _time;
    private readonly Action<SafeFileHandle> _sync;
    private FileStream? _file;
    private bool _sealed;
    private long _offset;
    private long _filled;
    private DateTimeOffset _madeAt;

    /// <param name="options">Where, and how large a segment is.</param>
    /// <param name="logId">The log's own id.</param>
    /// <param name="count">Records that are durable in the segments there are.</param>
    /// <param name="time">For the segment's header.</param>
    /// <param name="sync">Puts a file's data on stable storage.</param>
    public SegmentWriter(DecisionLogOptions options, Guid logId, long count, TimeProvider time, Action<SafeFileHandle> sync)
    {
        _directory = options.Directory;
        _segmentBytes = options.SegmentBytes;
        _logId = logId;
        Count = count;
        _time = time;
        _sync = sync;
    }

    /// <summary>Records that are durable; the index of the next.</summary>
    public long Count { get; private set; }

    /// <summary>Goes on in the last segment after a restart: cuts what follows <paramref name="offset"/>.</summary>
    public void Continue(string path, long offset, DateTimeOffset madeAt)
    {
        _madeAt = madeAt;
        _file = LogFiles.Open(path, FileMode.Open, FileShare.ReadWrite);
        _offset = offset;
        Restore();
    }

    /// <summary>Cuts back to what is durable, and proves that the file can be written again.</summary>
    public void Restore()
    {
        if (_file is null)
        {
            return;
        }

        _filled = _offset;
        RandomAccess.SetLength(_file.SafeFileHandle, _offset);
        _sync(_file.SafeFileHandle);
    }

    /// <summary>Returns when all records of the batch are on stable storage.</summary>
    public void Append(LogBatch batch)
    {
        if (_file is null || _sealed || (_offset > SegmentHeader.Size && (_offset + batch.Bytes > _segmentBytes || _time.GetUtcNow() - _madeAt > MaxAge)))
        {
            Begin();
        }

        var file = _file!.SafeFileHandle;
        var end = _offset + batch.Bytes;
        RandomAccess.Write(file, batch.Number(Count), _offset);
        if (end > _filled)
        {
            Fill(file, end);
        }

        _sync(file);
        _offset = end;
        Count += batch.Count;
    }

    /// <summary>Takes the zeros off the end; a closed log ends with its last record.</summary>
    public void Dispose()
    {
        if (_file is { } file)
        {
            _file = null;
            using (file)
            {
                RandomAccess.SetLength(file.SafeFileHandle, _offset);
                _sync(file.SafeFileHandle);
            }
        }
    }

    private void Begin()
    {
        if (_file is not null)
        {
            // Nothing after the last record: only then may a next segment exist. From here on this one takes no more, also when the next fails.
            _sealed = true;
            Restore();
        }

        var path = LogFiles.SegmentPath(_directory, Count);
        var unfinished = path + LogFiles.UnfinishedSuffix;
        var next = LogFiles.Open(unfinished, FileMode.Create, FileShare.ReadWrite);
        try
        {
            Span<byte> header = stackalloc byte[SegmentHeader.Size];
            var now = _time.GetUtcNow();
            new SegmentHeader(_logId, Count, now.ToUnixTimeMilliseconds()).Write(header);
            RandomAccess.Write(next.SafeFileHandle, header, 0);
            _filled = SegmentHeader.Size;
            Fill(next.SafeFileHandle, SegmentHeader.Size);
            _sync(next.SafeFileHandle);

            // A segment has its name only once its header is durable, so a named segment is never without one.
            File.Move(unfinished, path, overwrite: true);
            NativeFile.SyncDirectory(_directory);
            _madeAt = now;
        }
        catch
        {
            next.Dispose();
            _filled = _offset;
            throw;
        }

        _file?.Dispose();
        _file = next;
        _sealed = false;
        _offset = SegmentHeader.Size;
    }

    private void Fill(SafeFileHandle file, long from)
    {
        var to = Math.Max(from, Math.Min(from + FillBytes, _segmentBytes));
        for (var at = from; at < to; at += Zeros.Length)
        {
            RandomAccess.Write(file, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, to - at)), at);
        }

        _filled = to;
    }
}
