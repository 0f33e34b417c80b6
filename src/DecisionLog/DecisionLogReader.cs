using Google.Protobuf;
using Keten.DecisionLog.Retention;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>
/// Reads a decision log from its files alone, also while a gateway is writing it. Records come in index order and without gaps; reading
/// stops before a torn tail, which is reported and not an error, and throws at damage. Where the user may read the keys of the persons, records
/// come whole; else, and for a person who was erased, with <see cref="LogRecord.Sealed"/> set.
/// </summary>
public static class DecisionLogReader
{
    /// <summary>All records, oldest first.</summary>
    /// <param name="directory">The directory of one gateway's log.</param>
    /// <param name="onTornTail">Told when the log ends in bytes that are no whole record and were never acknowledged.</param>
    /// <param name="openSubjects">False leaves all records sealed, also where the keys are at hand: for what goes elsewhere.</param>
    /// <exception cref="DecisionLogCorruptedException">An acknowledged record or a segment is damaged or missing.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static IEnumerable<LogRecord> Read(string directory, Action<TornTail>? onTornTail = null, bool openSubjects = true) =>
        ReadEntries(directory, 0, onTornTail, openSubjects).Select(entry => entry.Record);

    /// <summary>
    /// Records with their index, place and stored bytes, from <paramref name="fromIndex"/> on; from the first that is kept, when that one is past
    /// retention.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    public static IEnumerable<DecisionLogEntry> ReadEntries(
        string directory, long fromIndex = 0, Action<TornTail>? onTornTail = null, bool openSubjects = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentOutOfRangeException.ThrowIfNegative(fromIndex);
        return Directory.Exists(directory)
            ? Enumerate(directory, fromIndex, onTornTail, openSubjects)
            : throw new DirectoryNotFoundException($"There is no decision log in {directory}: the directory does not exist.");
    }

    private static IEnumerable<DecisionLogEntry> Enumerate(string directory, long fromIndex, Action<TornTail>? onTornTail, bool openSubjects)
    {
        // The mark before the files: what it counts was in them when they are listed.
        var acknowledged = CountFile.Read(directory, LogFiles.MarkName);
        var segments = KeptSegments.Of(directory);
        var first = Math.Max(0, segments.FindLastIndex(segment => segment.FirstIndex <= fromIndex));
        using var opener = openSubjects ? SubjectOpener.Of(directory) : SubjectOpener.WithoutKeys();
        var scan = new LogScan(acknowledged);
        for (var i = first; i < segments.Count; i++)
        {
            if (TryOpen(directory, scan, segments[i]) is not { } cursor)
            {
                // Retired since it was listed, and perhaps the next ones too.
                segments = KeptSegments.Of(directory);
                scan = new LogScan(acknowledged);
                i = -1;
                continue;
            }

            foreach (var entry in ReadSegment(cursor, scan, opener, i == segments.Count - 1, onTornTail))
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

    private static SegmentCursor? TryOpen(string directory, LogScan scan, (long FirstIndex, string Path) segment)
    {
        try
        {
            return scan.Open(segment.FirstIndex, segment.Path);
        }
        catch (FileNotFoundException) when (RetiredNote.Read(directory) > segment.FirstIndex)
        {
            return null;
        }
    }

    private static IEnumerable<DecisionLogEntry> ReadSegment(
        SegmentCursor cursor, LogScan scan, SubjectOpener opener, bool isLast, Action<TornTail>? onTornTail)
    {
        // A writer that goes on to a next segment while this one is read makes it a sealed one: then it has all its records.
        using var closing = cursor;
        while (scan.TryNext(cursor, isLast, out var place, out var payload))
        {
            LogRecord record;
            try
            {
                record = opener.Read(payload);
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
