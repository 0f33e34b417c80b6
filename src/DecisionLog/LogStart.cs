namespace Keten.DecisionLog;

/// <summary>Where in a log to begin for who wants what is not older than a moment: segments say when they were made, records need not be read for it.</summary>
internal static class LogStart
{
    /// <summary>Index of a record before which none is younger than <paramref name="from"/>.</summary>
    public static long For(string directory, DateTimeOffset from)
    {
        var before = 0L;
        foreach (var (firstIndex, path) in LogFiles.Segments(directory))
        {
            using var cursor = new SegmentCursor(path, SegmentHeader.Size);
            if (cursor.HeaderFault is not null || cursor.Header.CreatedMilliseconds > from.ToUnixTimeMilliseconds())
            {
                break;
            }

            before = firstIndex;
        }

        return before;
    }
}
