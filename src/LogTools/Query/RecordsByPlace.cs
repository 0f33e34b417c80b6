using Google.Protobuf;
using Keten.DecisionLog;
using Keten.DecisionLog.Subjects;

namespace Keten.LogTools.Query;

/// <summary>Reads single records from where they are known to stand.</summary>
internal sealed class RecordsByPlace(string directory) : IDisposable
{
    // What is asked for stands together more often than not.
    private const int ReadAhead = 16 << 10;
    private const int MostOpen = 16;

    private readonly Dictionary<long, SegmentCursor> _open = [];
    private readonly SubjectOpener _opener = SubjectOpener.Of(directory);

    /// <summary>The entry; null when another record, or none, stands there.</summary>
    public DecisionLogEntry? TryRead(RecordPlace place)
    {
        if (Cursor(place.Segment) is not { HeaderFault: null } cursor || !cursor.TryRead(place.Offset, out var index, out var bytes, out _) || index != place.Index)
        {
            return null;
        }

        var payload = bytes.ToArray();
        try
        {
            return new DecisionLogEntry(index, cursor.SegmentPath, place.Offset, payload, _opener.Read(payload));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Close();
        _opener.Dispose();
    }

    private SegmentCursor? Cursor(long segment)
    {
        if (_open.TryGetValue(segment, out var known))
        {
            return known;
        }

        var path = LogFiles.SegmentPath(directory, segment);
        if (!File.Exists(path))
        {
            return null;
        }

        if (_open.Count == MostOpen)
        {
            Close();
        }

        return _open[segment] = new SegmentCursor(path, ReadAhead);
    }

    private void Close()
    {
        foreach (var cursor in _open.Values)
        {
            cursor.Dispose();
        }

        _open.Clear();
    }
}
