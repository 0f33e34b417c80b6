namespace Keten.DecisionLog.Retention;

/// <summary>
/// The file <c>retired</c>: index of the first record that is kept. Durable before anything is deleted, so that a crash leaves no log that begins
/// somewhere else. It is nobody's word: that the rule took what is missing, a <see cref="Protocol.V1.RecordsRetired"/> on the log says.
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
