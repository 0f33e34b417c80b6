using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>
/// Reads a decision log from its files alone, also while a gateway is writing it. Records come in index order and without gaps; reading
/// stops before a torn tail, which is reported and not an error, and throws at damage.
/// </summary>
public static class DecisionLogReader
{
    /// <summary>All records, oldest first.</summary>
    /// <param name="directory">The directory of one gateway's log.</param>
    /// <param name="onTornTail">Told when the log ends in bytes that are no whole record and were never acknowledged.</param>
    /// <exception cref="DecisionLogCorruptedException">An acknowledged record or a segment is damaged or missing.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static IEnumerable<LogRecord> Read(string directory, Action<TornTail>? onTornTail = null) =>
        ReadEntries(directory, 0, onTornTail).Select(entry => entry.Record);

    /// <summary>Records with their index, place and stored bytes, from <paramref name="fromIndex"/> on.</summary>
    /// <inheritdoc cref="Read"/>
    public static IEnumerable<DecisionLogEntry> ReadEntries(string directory, long fromIndex = 0, Action<TornTail>? onTornTail = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentOutOfRangeException.ThrowIfNegative(fromIndex);
        return Directory.Exists(directory)
            ? Enumerate(directory, fromIndex, onTornTail)
            : throw new DirectoryNotFoundException($"There is no decision log in {directory}: the directory does not exist.");
    }

    private static IEnumerable<DecisionLogEntry> Enumerate(string directory, long fromIndex, Action<TornTail>? onTornTail)
    {
        // The mark before the files: what it counts was in them when they are listed.
        var acknowledged = CountFile.Read(directory, LogFiles.MarkName);
        var segments = LogFiles.Segments(directory);
        var first = Math.Max(0, segments.FindLastIndex(segment => segment.FirstIndex <= fromIndex));
        var scan = new LogScan(acknowledged);
        for (var i = first; i < segments.Count; i++)
        {
            foreach (var entry in ReadSegment(scan, segments, i, onTornTail))
            {
                if (entry.Index >= fromIndex)
                {
                    yield return entry;
                }
            }
        }

        if (segments.Count == 0 && acknowledged > 0)
        {
            throw new DecisionLogCorruptedException(LogFiles.SegmentPath(directory, 0), 0, 0, "all segments are missing", LogDamage.SegmentMissing);
        }
    }

    private static IEnumerable<DecisionLogEntry> ReadSegment(
        LogScan scan, List<(long FirstIndex, string Path)> segments, int position, Action<TornTail>? onTornTail)
    {
        // A writer that goes on to a next segment while this one is read makes it a sealed one: then it has all its records.
        var isLast = position == segments.Count - 1;
        using var cursor = scan.Open(segments[position].FirstIndex, segments[position].Path);
        while (scan.TryNext(cursor, isLast, out var place, out var payload))
        {
            LogRecord record;
            try
            {
                record = LogRecord.Parser.ParseFrom(payload);
            }
            catch (InvalidProtocolBufferException)
            {
                throw new DecisionLogCorruptedException(cursor.SegmentPath, place.Offset, place.Index, "the payload is no record");
            }

            yield return new DecisionLogEntry(place.Index, cursor.SegmentPath, place.Offset, payload, record);
        }

        if (scan.TornTail is { } tail)
        {
            onTornTail?.Invoke(tail);
        }
    }
}
