namespace Keten.DecisionLog.Retention;

/// <summary>
/// The file <c>retired</c>: index of the first record that is kept. Durable before anything is deleted, so that what is missing below it is
/// known to be gone by the rule, and what is missing above it is damage.
/// </summary>
internal static class RetiredNote
{
    public const string Name = "retired";

    /// <summary>0 when nothing was retired, or the note cannot be read: then a log that begins later is damaged.</summary>
    public static long Read(string directory) => CountFile.Read(directory, Name);

    public static void Write(string directory, long firstKept)
    {
        const string Unfinished = Name + LogFiles.UnfinishedSuffix;
        using (var note = CountFile.Open(directory, Unfinished))
        {
            note.Write(firstKept);
            note.Sync();
        }

        File.Move(Path.Combine(directory, Unfinished), Path.Combine(directory, Name), overwrite: true);
        NativeFile.SyncDirectory(directory);
    }
}
