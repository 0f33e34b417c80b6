using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog.Tree;

/// <summary>Reads all records of a log as they are stored, without opening them: place by place, sum by sum.</summary>
internal sealed class RecordWalk
{
    private readonly long _acknowledged;
    private readonly List<(long FirstIndex, string Path)> _segments;
    private readonly LogScan _scan;

    public RecordWalk(string directory)
    {
        // The mark before the files: what it counts was in them when they are listed.
        _acknowledged = CountFile.Read(directory, LogFiles.MarkName);
        _segments = KeptSegments.Of(directory);
        _scan = new LogScan(_acknowledged);
        if (_segments.Count == 0 && _acknowledged > 0)
        {
            throw new DecisionLogCorruptedException(LogFiles.SegmentPath(directory, 0), 0, 0, "all segments are missing", LogDamage.SegmentMissing);
        }
    }

    /// <summary>The log's id; null before the first record, and when there is none.</summary>
    public Guid? LogId => _scan.LogId;

    /// <summary>Index of the first record there is; more than 0 when retention removed some.</summary>
    public long FirstIndex => _segments is [var first, ..] ? first.FirstIndex : 0;

    /// <summary>Bytes at the end that are no record and never were acknowledged; known at the end.</summary>
    public TornTail? TornTail => _scan.TornTail;

    /// <summary>All records, in order.</summary>
    /// <exception cref="DecisionLogCorruptedException">An acknowledged record or a segment is damaged or missing.</exception>
    public IEnumerable<StoredRecord> Read()
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            using var cursor = _scan.Open(_segments[i].FirstIndex, _segments[i].Path);
            while (_scan.TryNext(cursor, i == _segments.Count - 1, out var place, out var payload))
            {
                yield return new StoredRecord(place.Index, cursor.SegmentPath, place.Offset, payload);
            }
        }
    }
}
