using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog;

/// <summary>Where in a log to begin for who wants what is not older than a moment: segments say when they were made, records need not be read for it.</summary>
internal static class LogStart
{
    /// <summary>Index of a record before which none is younger than <paramref name="from"/>.</summary>
    public static long For(string directory, DateTimeOffset from)
    {
        var before = 0L;
        foreach (var (firstIndex, path) in KeptSegments.Of(directory))
        {
            if (MadeAt(path) is { } made && made > from.ToUnixTimeMilliseconds())
            {
                break;
            }

            before = firstIndex;
        }

        return before;
    }

    /// <summary>When the oldest segment that is kept was made; null when there is none, or it does not say.</summary>
    public static DateTimeOffset? Oldest(string directory) =>
        KeptSegments.Of(directory) is [var (_, path), ..] && MadeAt(path) is { } made ? DateTimeOffset.FromUnixTimeMilliseconds(made) : null;

    // Null when it was retired since it was listed, or is damaged: whoever reads on from there meets that.
    private static long? MadeAt(string path)
    {
        try
        {
            using var cursor = new SegmentCursor(path, SegmentHeader.Size);
            return cursor.HeaderFault is null ? cursor.Header.CreatedMilliseconds : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
