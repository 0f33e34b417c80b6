namespace Keten.DecisionLog.Tree;

/// <summary>Writes a small file so that after any crash its name stands for the old content or the new, never for half of it.</summary>
internal static class AtomicLogFile
{
    /// <summary>Content and name; the name is durable once its directory is synced.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = path + LogFiles.UnfinishedSuffix;
        using (var file = LogFiles.Open(unfinished, FileMode.Create, FileShare.Read))
        {
            file.Write(content);
            file.Flush();
            NativeFile.SyncData(file.SafeFileHandle);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
