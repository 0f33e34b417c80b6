using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Subjects;

namespace Keten.DecisionLog;

/// <summary>Reads the records of a log that is being written, one after another. Asked only for what is known to be durable.</summary>
internal sealed class LogTail(string directory) : IDisposable
{
    // Woken for a few records at a time, most of which were written this moment.
    private const int ReadAhead = 16 << 10;

    private readonly LogScan _scan = new(acknowledged: 0);
    private readonly SubjectOpener _opener = SubjectOpener.Of(directory);
    private SegmentCursor? _cursor;

    /// <summary>Goes to a record; the next <see cref="Read"/> gives it.</summary>
    /// <exception cref="DecisionLogCorruptedException">A record or a segment on the way is damaged or missing.</exception>
    public void Seek(long index)
    {
        var segments = KeptSegments.Of(directory);
        var (firstIndex, path) = segments.FindLast(segment => segment.FirstIndex <= index);
        Open(firstIndex, path ?? LogFiles.SegmentPath(directory, 0));
        while (_scan.NextIndex < index)
        {
            Read();
        }
    }

    /// <summary>Forgets what was read ahead, because the writer has gone on since.</summary>
    public void Refresh() => _cursor?.Refresh();

    /// <summary>The next record.</summary>
    /// <exception cref="DecisionLogCorruptedException">It is damaged or missing.</exception>
    public DurableRecord Read()
    {
        if (TryRead() is { } record)
        {
            return record;
        }

        // This segment is sealed, and the record is the first of the next one.
        var next = _scan.NextIndex!.Value;
        Open(next, LogFiles.SegmentPath(directory, next));
        return TryRead() ?? throw new DecisionLogCorruptedException(_cursor!.SegmentPath, _scan.Offset, next, "an acknowledged record is missing");
    }

    public void Dispose()
    {
        _cursor?.Dispose();
        _opener.Dispose();
    }

    private DurableRecord? TryRead() =>
        _scan.TryNext(_cursor!, isLast: false, out var place, out var payload) ? new DurableRecord(place.Index, payload, _opener) : null;

    private void Open(long firstIndex, string path)
    {
        _cursor?.Dispose();
        _cursor = null;
        if (!File.Exists(path))
        {
            throw new DecisionLogCorruptedException(path, 0, firstIndex, "the segment is missing");
        }

        _cursor = _scan.Open(firstIndex, path, ReadAhead);
    }
}
