using Keten.DecisionLog.Checkpoints;

namespace Keten.DecisionLog.Tree;

/// <summary>The checkpoints that records are held against: the log's own, the one that witnesses signed, and one from elsewhere.</summary>
internal sealed class KnownCheckpoints
{
    private readonly KnownCheckpoint? _own;
    private readonly IReadOnlyList<KnownCheckpoint> _all;

    private KnownCheckpoints(KnownCheckpoint? own, IReadOnlyList<KnownCheckpoint> all) => (_own, _all) = (own, all);

    public static KnownCheckpoints None { get; } = new(null, []);

    /// <summary>Records under the log's own checkpoint.</summary>
    public long Sealed => _own?.Checkpoint.Size ?? 0;

    /// <summary>Reads them, and says what is wrong with them by themselves.</summary>
    public static KnownCheckpoints Read(string directory, VerifyTerms options, List<LogFinding> findings, List<string> remarks)
    {
        var root = Path.GetFullPath(directory);
        var own = Path.Combine(root, Checkpoint.FileName);
        var hasTree = File.Exists(own) || Directory.Exists(Path.Combine(root, Tile.Directory));
        var witnessed = Path.Combine(root, Checkpoint.WitnessedFileName);
        KnownCheckpoint?[] all =
        [
            hasTree || options.Key is not null ? KnownCheckpoint.Read(own, options, findings) : null,
            File.Exists(witnessed) ? KnownCheckpoint.Read(witnessed, options, findings) : null,
            options.Checkpoint is { } path ? KnownCheckpoint.Read(Path.GetFullPath(path), options, findings) : null,
        ];
        var known = new KnownCheckpoints(all[0], [.. all.OfType<KnownCheckpoint>()]);
        findings.AddRange(known._all.Where(c => c.Checkpoint.Origin != known._all[0].Checkpoint.Origin).Select(c => new LogFinding(
            LogDamage.OtherLog, $"This checkpoint is of «{c.Checkpoint.Origin}», the log's own of «{known._all[0].Checkpoint.Origin}».", c.File)));
        findings.AddRange(options.Witnesses.Where(witness => !known._all.Any(c => c.Note.JudgedBy(witness) == NoteVerdict.Signed)).Select(witness =>
            new LogFinding(LogDamage.NotWitnessed, $"No checkpoint here is signed by witness {witness.Name}.", own)));
        if (!hasTree)
        {
            remarks.Add("No tree lies over this log: a record that was rewritten together with its sums cannot be found.");
        }
        else if (options.Key is null)
        {
            remarks.Add("Signatures were not judged: give the log's public key, kept elsewhere, with --key.");
        }

        return known;
    }

    /// <summary>The records from one size to another were read: notes their roots. True when the log's own checkpoint is among them.</summary>
    public bool Reach(long from, long to, Func<long, TreeHash> root)
    {
        var own = false;
        foreach (var known in _all.Where(c => c.Checkpoint.Size > from && c.Checkpoint.Size <= to))
        {
            known.Computed = root(known.Checkpoint.Size);
            own |= known == _own;
        }

        return own;
    }

    /// <summary>What is wrong, once all records were read that could be.</summary>
    /// <param name="directory">The log.</param>
    /// <param name="records">Index after the last whole record.</param>
    /// <param name="damaged">Reading ended at damage, which was reported.</param>
    /// <param name="mismatch">The first place where records and tiles part.</param>
    public IEnumerable<LogFinding> Judge(string directory, long records, bool damaged, LogFinding? mismatch)
    {
        foreach (var known in _all)
        {
            if (known.Computed is null)
            {
                if (!damaged && known.Checkpoint.Size > records)
                {
                    yield return new(LogDamage.TailCut,
                        $"{Name(known)} counts {known.Checkpoint.Size} records, and the log ends after {records}: what follows is gone, or this is an older copy.", known.File, null, records);
                }
            }
            else if (known.Computed != known.Checkpoint.Root && (known != _own || mismatch is null))
            {
                yield return known.Signed
                    ? new(LogDamage.Fork, $"{Name(known)} is signed by this log's key, and says another root of the first {known.Checkpoint.Size} records than they have: "
                        + "there are two histories of this log. Given the other copy, --against finds where they part.", known.File)
                    : new(LogDamage.CheckpointForged, $"{Name(known)} says another root of the first {known.Checkpoint.Size} records than they have. "
                        + "Whether it was forged or they were, its signature says (--key).", known.File);
            }
        }

        if (mismatch is not null)
        {
            yield return Blame(directory, mismatch);
        }
    }

    /// <summary>Record or tile: whichever the checkpoint vouches for is as it was.</summary>
    private LogFinding Blame(string directory, LogFinding mismatch)
    {
        if (mismatch is not { What: LogDamage.RecordRewritten, Index: { } index } || _own is not { } own)
        {
            return mismatch;
        }

        if (own.Computed == own.Checkpoint.Root)
        {
            return new(LogDamage.TileChanged, "This hash of a record was changed; the record is as it was.",
                Path.Combine(directory, new Tile(0, index / Tile.Whole, Tile.Whole).Path), index % Tile.Whole * TreeHash.Size, index);
        }

        return TileIsInRoot(directory, own.Checkpoint, index) ? mismatch : mismatch with
        {
            Text = mismatch.Text + " The tiles do not have the checkpoint's root either: records, tiles or checkpoint were changed together.",
        };
    }

    private static bool TileIsInRoot(string directory, Checkpoint checkpoint, long index)
    {
        try
        {
            var tree = new TileTree(directory, checkpoint.Size);
            return MerkleProofs.ProvesInclusion(
                tree.Leaf(index), index, checkpoint.Size, checkpoint.Root, MerkleProofs.Inclusion(tree, index, checkpoint.Size));
        }
        catch (TileMissingException)
        {
            return false;
        }
    }

    private string Name(KnownCheckpoint known) => known == _own ? "The log's own checkpoint" : "This checkpoint";
}
