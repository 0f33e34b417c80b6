using Keten.DecisionLog.Checkpoints;

namespace Keten.DecisionLog.Tree;

/// <summary>The checkpoints in a log's directory.</summary>
internal static class CheckpointFile
{
    private const int MostBytes = 64 << 10;

    /// <summary>The latest checkpoint; null when there is none.</summary>
    public static byte[]? Read(string directory, string name = Checkpoint.FileName)
    {
        var path = Path.Combine(directory, name);
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MostBytes } ? [] : File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads the log's own checkpoint, which nobody but this log's key may have signed.</summary>
    /// <exception cref="DecisionLogCorruptedException">It is not that.</exception>
    public static Judged Judge(string directory, byte[] bytes, NoteVerifierKey key)
    {
        var path = Path.Combine(directory, Checkpoint.FileName);
        if (SignedNote.Read(bytes) is not { } note || !Checkpoint.TryParse(note.Text, out var checkpoint))
        {
            throw new DecisionLogCorruptedException(path, 0, 0, "the file holds no checkpoint; it was changed after it was written");
        }

        if (checkpoint.Origin != key.Name || note.JudgedBy(key) != NoteVerdict.Signed)
        {
            throw new DecisionLogCorruptedException(path, 0, 0,
                $"the checkpoint is not signed by this log's key {key.Name}. With a new key goes a new, empty directory; with the old directory its old key");
        }

        return new Judged(note, checkpoint);
    }

    /// <summary>Puts a checkpoint in place of the one before, durably.</summary>
    public static void Write(string directory, string name, SignedNote note)
    {
        AtomicLogFile.Write(Path.Combine(directory, name), SignedNote.Utf8.GetBytes(note.ToString()));
        NativeFile.SyncDirectory(directory);
    }

    /// <summary>A checkpoint whose signature is right.</summary>
    internal readonly record struct Judged(SignedNote Note, Checkpoint Checkpoint);
}
