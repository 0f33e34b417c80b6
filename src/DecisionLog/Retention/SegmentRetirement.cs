using Google.Protobuf;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Tree;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Retention;

/// <summary>Deletes whole sealed segments all of whose records are older than a moment. The hashes over them are elsewhere and stay.</summary>
internal sealed class SegmentRetirement(string directory)
{
    // A record may be a little older than the segment it is in: its time is taken before it waits for the disk.
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    /// <summary>Index of the first record that is to be kept; what it is already when nothing new is past retention.</summary>
    /// <exception cref="DecisionLogCorruptedException">A segment that is old enough is damaged: it is kept, as evidence.</exception>
    public long FirstKept(DateTimeOffset olderThan)
    {
        var segments = KeptSegments.Of(directory);
        var done = DoneByAllFollowers();
        var retired = 0;

        // Never the last: it is being written.
        while (retired < segments.Count - 1 && segments[retired + 1].FirstIndex <= done && IsOlder(segments, retired, olderThan))
        {
            retired++;
        }

        return segments.Count > 0 ? segments[retired].FirstIndex : 0;
    }

    /// <summary>Deletes what lies before that record, and what a crash left; returns how many segments. That they go is on the log by then.</summary>
    /// <exception cref="IOException">The disk refuses; the next try goes on where this one ended.</exception>
    public int Retire(long firstKept)
    {
        if (firstKept > RetiredNote.Read(directory))
        {
            RetiredNote.Write(directory, firstKept);
        }

        return KeptSegments.DeleteRetired(directory);
    }

    /// <summary>A record is under a checkpoint; or there is no tree over this log that it could be in.</summary>
    public bool IsSealed(long index) =>
        CountFile.Read(directory, LogSealer.PositionName) > index
        || !(File.Exists(Path.Combine(directory, LogSealer.PositionName)) || File.Exists(Path.Combine(directory, Checkpoint.FileName)));

    /// <summary>No kept record is older than this; null when there are none.</summary>
    public DateTimeOffset? OldestKept()
    {
        foreach (var record in DecisionLogReader.Read(directory, openSubjects: false))
        {
            return record.RecordedAt?.ToDateTimeOffset() - Slack;
        }

        return null;
    }

    /// <summary>What a follower has still to do is kept, however old.</summary>
    private long DoneByAllFollowers() =>
        Directory.EnumerateFiles(directory, "*" + LogFiles.FollowerSuffix)
            .Select(path => CountFile.Read(directory, Path.GetFileName(path)))
            .DefaultIfEmpty(long.MaxValue).Min();

    private static bool IsOlder(List<(long FirstIndex, string Path)> segments, int position, DateTimeOffset olderThan)
    {
        var scan = new LogScan(acknowledged: segments[position + 1].FirstIndex);
        using var cursor = scan.Open(segments[position].FirstIndex, segments[position].Path);
        while (scan.TryNext(cursor, isLast: false, out var place, out var payload))
        {
            if (RecordedAt(payload, cursor.SegmentPath, place) >= olderThan)
            {
                return false;
            }
        }

        return scan.NextIndex == segments[position + 1].FirstIndex
            ? true
            : throw new DecisionLogCorruptedException(cursor.SegmentPath, scan.Offset, scan.NextIndex ?? 0, "an acknowledged record is missing");
    }

    private static DateTimeOffset RecordedAt(byte[] payload, string path, (long Offset, long Index) place)
    {
        try
        {
            // The writer sets it; the beginning of time would be older than anything.
            return LogRecord.Parser.ParseFrom(payload).RecordedAt?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;
        }
        catch (InvalidProtocolBufferException)
        {
            throw new DecisionLogCorruptedException(path, place.Offset, place.Index, "the payload is no record");
        }
    }
}
