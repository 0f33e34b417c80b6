using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog;

/// <summary>What a start finds in the directory.</summary>
/// <param name="LogId">The log's id; a new one for an empty directory.</param>
/// <param name="Count">Whole records.</param>
/// <param name="LastSegment">Path of the segment to go on with; null for an empty directory.</param>
/// <param name="Offset">Where its last whole record ends.</param>
/// <param name="TornTail">What has to be cut; null when nothing.</param>
/// <param name="MadeAt">When that segment was made.</param>
internal sealed record LogRecovery(Guid LogId, long Count, string? LastSegment, long Offset, TornTail? TornTail, DateTimeOffset MadeAt)
{
    /// <summary>
    /// Reads the last segment record by record. Earlier segments are sealed: of them only the headers are read here, so that starting takes
    /// the same time however long the log is; <see cref="DecisionLogReader"/> reads them all.
    /// </summary>
    /// <exception cref="DecisionLogCorruptedException">An acknowledged record or a segment is damaged or missing.</exception>
    public static LogRecovery Read(string directory)
    {
        foreach (var unfinished in Directory.EnumerateFiles(directory, "*" + LogFiles.UnfinishedSuffix))
        {
            // A segment that never got its name holds no record.
            File.Delete(unfinished);
        }

        KeptSegments.DeleteRetired(directory);
        var acknowledged = CountFile.Read(directory, LogFiles.MarkName);
        var segments = KeptSegments.Of(directory);
        if (segments.Count == 0)
        {
            return acknowledged == 0
                ? new LogRecovery(Guid.NewGuid(), 0, null, 0, null, default)
                : throw new DecisionLogCorruptedException(LogFiles.SegmentPath(directory, 0), 0, 0, "all segments are missing");
        }

        var logId = CheckHeaders(segments);
        var scan = new LogScan(acknowledged);
        var (firstIndex, path) = segments[^1];
        using var cursor = scan.Open(firstIndex, path);
        while (scan.TryNext(cursor, isLast: true, out _, out _))
        {
        }

        return new LogRecovery(
            logId, scan.NextIndex ?? firstIndex, path, scan.Offset, scan.TornTail, DateTimeOffset.FromUnixTimeMilliseconds(cursor.Header.CreatedMilliseconds));
    }

    private static Guid CheckHeaders(List<(long FirstIndex, string Path)> segments)
    {
        Guid? logId = null;
        foreach (var (firstIndex, path) in segments)
        {
            // A scan of its own: the records in between are not read, so the indexes are not compared.
            var scan = new LogScan(0);
            using var cursor = scan.Open(firstIndex, path);
            if (logId is { } id && scan.LogId != id)
            {
                throw new DecisionLogCorruptedException(path, 0, firstIndex, "this segment is of another log");
            }

            logId = scan.LogId;
        }

        return logId ?? throw new InvalidOperationException("There are no segments.");
    }
}
