using Keten.DecisionLog.Checkpoints;

namespace Keten.DecisionLog.Tree;

/// <summary>A checkpoint the records are held against.</summary>
internal sealed record KnownCheckpoint(string File, SignedNote Note, Checkpoint Checkpoint, bool Signed)
{
    /// <summary>Root of the records at its size, once they were read so far.</summary>
    public TreeHash? Computed { get; set; }

    /// <summary>Reads one, and says what is wrong with it before any record is read.</summary>
    public static KnownCheckpoint? Read(string path, VerifyTerms options, List<LogFinding> findings)
    {
        var bytes = CheckpointFile.Read(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        if (bytes is null)
        {
            findings.Add(new(LogDamage.CheckpointForged, "There is no checkpoint.", path));
            return null;
        }

        if (SignedNote.Read(bytes) is not { } note || !Checkpoint.TryParse(note.Text, out var checkpoint))
        {
            findings.Add(new(LogDamage.CheckpointForged, "This is no checkpoint: it was changed after it was written.", path, 0));
            return null;
        }

        var signed = options.Key is { } key && checkpoint.Origin == key.Name && note.JudgedBy(key) == NoteVerdict.Signed;
        if (options.Key is { } expected && !signed)
        {
            // And no more is asked of it: what it says is nobody's word.
            findings.Add(new(LogDamage.CheckpointForged,
                checkpoint.Origin == expected.Name ? $"The checkpoint is not signed by the key {expected}." : $"The checkpoint is of «{checkpoint.Origin}», and the key given is of «{expected.Name}».", path, 0));
            return null;
        }

        findings.AddRange(options.Witnesses.Where(witness => note.JudgedBy(witness) == NoteVerdict.Forged)
            .Select(witness => new LogFinding(LogDamage.CheckpointForged, $"The signature of witness {witness.Name} is wrong.", path, 0)));
        return new KnownCheckpoint(path, note, checkpoint, signed) { Computed = checkpoint.Size == 0 ? TreeHash.Empty : null };
    }
}
