namespace Keten.DecisionLog.Retention;

/// <summary>The segments a log consists of: all from the first that is kept.</summary>
internal static class KeptSegments
{
    /// <summary>By first index; empty for a log that holds nothing yet.</summary>
    /// <exception cref="DecisionLogCorruptedException">The first one is missing.</exception>
    public static List<(long FirstIndex, string Path)> Of(string directory)
    {
        while (true)
        {
            var first = RetiredNote.Read(directory);
            var segments = LogFiles.Segments(directory);
            segments.RemoveAll(segment => segment.FirstIndex < first);
            if (segments.Count == 0 ? first == 0 : segments[0].FirstIndex == first)
            {
                return segments;
            }

            // Unless they were retired between one look and the other.
            if (RetiredNote.Read(directory) == first)
            {
                throw new DecisionLogCorruptedException(
                    LogFiles.SegmentPath(directory, first), 0, first,
                    $"the segment that begins with record {first} is missing, and the file '{RetiredNote.Name}' says it is kept", LogDamage.SegmentMissing);
            }
        }
    }

    /// <summary>Finishes what a crash broke off: deletes segments below the note.</summary>
    public static int DeleteRetired(string directory)
    {
        var first = RetiredNote.Read(directory);
        var retired = LogFiles.Segments(directory).Where(segment => segment.FirstIndex < first).ToList();
        foreach (var (_, path) in retired)
        {
            File.Delete(path);
        }

        if (retired.Count > 0)
        {
            NativeFile.SyncDirectory(directory);
        }

        return retired.Count;
    }
}
