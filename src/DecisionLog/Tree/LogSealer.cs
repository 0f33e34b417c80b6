using System.Runtime.InteropServices;
using Keten.DecisionLog.Checkpoints;
using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog.Tree;

/// <summary>
/// Lays the tree over the durable records of one log: tiles first, made durable, then the signed checkpoint that rests on them. After a crash at
/// any point the checkpoint on disk is one whose tiles are there; what came after it is made again from the records.
/// </summary>
internal sealed class LogSealer
{
    // Laid out as a follower's position, and read as one by retention: no record goes before its hash is in the tree.
    public const string PositionName = "tree" + LogFiles.FollowerSuffix;

    private readonly string _directory;
    private readonly NoteSigningKey _key;
    private readonly List<(Tile Tile, TreeHash[] Hashes)> _whole = [];
    private readonly HashSet<Tile> _written = [];
    private TreeEdge _edge;

    private LogSealer(string directory, NoteSigningKey key)
    {
        _directory = directory;
        _key = key;
        _edge = new TreeEdge(Keep);
    }

    /// <summary>Records in the tree; the index of the next to <see cref="Add"/>.</summary>
    public long Size => _edge.Size;

    /// <summary>Records under the latest checkpoint.</summary>
    public long Sealed { get; private set; }

    /// <summary>The latest checkpoint, as it is on disk; null before the first.</summary>
    public SignedNote? Note { get; private set; }

    /// <summary>Why the tiles were made again from the records at <see cref="Open"/>; null when they were as the checkpoint says.</summary>
    public string? Healed { get; private set; }

    /// <summary>Goes on where the checkpoint on disk ends.</summary>
    /// <param name="directory">The log.</param>
    /// <param name="key">The log's own key.</param>
    /// <param name="durable">Records that are durable.</param>
    /// <exception cref="DecisionLogCorruptedException">
    /// The log's own checkpoint says otherwise than the records: there are fewer, or they have another root. Or it is gone, and something else here
    /// says that there was one, or that the records were others.
    /// </exception>
    public static LogSealer Open(string directory, NoteSigningKey key, long durable)
    {
        var sealer = new LogSealer(directory, key);
        if (CheckpointFile.Read(directory) is { } bytes)
        {
            sealer.Resume(CheckpointFile.Judge(directory, bytes, key.Verifier), durable);
        }
        else
        {
            sealer.Begin(durable);
        }

        sealer.SavePosition();
        return sealer;
    }

    /// <summary>Adds the next record.</summary>
    public void Add(ReadOnlySpan<byte> payload) => _edge.Add(TreeHash.Leaf(payload));

    /// <summary>Writes what is new: whole tiles, the edge, and the checkpoint. When it fails it can be called again.</summary>
    /// <exception cref="IOException">The disk.</exception>
    public void Seal()
    {
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (tile, hashes) in _whole)
        {
            touched.Add(TileFiles.Write(_directory, tile, hashes));
        }

        var edge = Tile.Edge(Size).ToList();
        foreach (var tile in edge.Where(t => !_written.Contains(t)))
        {
            touched.Add(TileFiles.Write(_directory, tile, CollectionsMarshal.AsSpan([.. _edge.Hashes(tile.Level)])));
        }

        foreach (var directory in touched)
        {
            NativeFile.SyncDirectory(directory);
        }

        var note = new Checkpoint(_key.Verifier.Name, Size, _edge.Root()).Sign(_key);
        CheckpointFile.Write(_directory, Checkpoint.FileName, note);
        (Note, Sealed) = (note, Size);
        _written.Clear();
        _written.UnionWith(edge);

        // Only now: the checkpoint before this one rested on them.
        foreach (var (tile, _) in _whole)
        {
            TileFiles.RemovePartials(_directory, tile);
        }

        _whole.Clear();
        SavePosition();
    }

    /// <summary>Keeps what witnesses signed: always beside the checkpoint, and in it while it is still the one they signed.</summary>
    public void Keep(SignedNote cosigned)
    {
        CheckpointFile.Write(_directory, Checkpoint.WitnessedFileName, cosigned);
        if (cosigned.Text == Note?.Text)
        {
            CheckpointFile.Write(_directory, Checkpoint.FileName, cosigned);
            Note = cosigned;
        }
    }

    private void SavePosition()
    {
        using var position = CountFile.Open(_directory, PositionName);
        position.Write(Sealed);
    }

    private void Keep(Tile tile, IReadOnlyList<TreeHash> hashes) => _whole.Add((tile, [.. hashes]));

    /// <summary>
    /// Without a checkpoint this is a new log, or one whose first was never written: a crash leaves tiles of that one, which are of these records. What
    /// says otherwise means that the checkpoint was taken away, and to go on would be to sign whatever the records are now.
    /// </summary>
    private void Begin(long durable)
    {
        if (CountFile.Read(_directory, PositionName) is > 0 and var count)
        {
            throw Gone(count - 1, $"'{PositionName}' says that it counted {count} records");
        }

        if (File.Exists(Path.Combine(_directory, Checkpoint.WitnessedFileName)))
        {
            throw Gone(0, $"'{Checkpoint.WitnessedFileName}' is one that witnesses signed");
        }

        if (FirstRecord() is > 0 and var first)
        {
            throw Gone(first, "retention, which waits for a checkpoint, has removed records");
        }

        if (FirstForeign(durable) is { } tile)
        {
            throw Gone(tile.FirstLeaf, $"'{tile.Path}' is not of the records that are here");
        }
    }

    /// <summary>The first tile that does not hold the hashes of these records; null when all do, or there is none.</summary>
    private Tile? FirstForeign(long durable)
    {
        if (durable == 0)
        {
            return TileFiles.Leaves(_directory).Select(tile => (Tile?)tile).FirstOrDefault();
        }

        using var tail = new LogTail(_directory);
        tail.Seek(0);
        var next = 0L;
        foreach (var place in TileFiles.Leaves(_directory).GroupBy(tile => tile.FirstLeaf))
        {
            var leaves = new List<TreeHash>(Tile.Whole);
            for (; next < Math.Min(durable, place.Key + Tile.Whole); next++)
            {
                var leaf = TreeHash.Leaf(tail.Read().Payload.Span);
                if (next >= place.Key)
                {
                    leaves.Add(leaf);
                }
            }

            foreach (var tile in place)
            {
                if (TileFiles.Read(_directory, tile) is not { } hashes || !hashes.SequenceEqual(leaves.Take(hashes.Length)))
                {
                    return tile;
                }
            }
        }

        return null;
    }

    private DecisionLogCorruptedException Gone(long index, string sign) => Damaged(index,
        $"the log's own checkpoint is missing, and {sign}: nothing is signed over records that nothing vouches for. "
            + $"Put the last checkpoint back, as this file: from a copy, from {Checkpoint.WitnessedFileName}, or from the topic keten.checkpoints.v1");

    private void Resume(CheckpointFile.Judged own, long durable)
    {
        var (note, checkpoint) = own;
        if (checkpoint.Size > durable)
        {
            throw Damaged(durable, $"the log's own checkpoint counts {checkpoint.Size} records, and {durable} are here: its tail is gone");
        }

        if (EdgeFault(checkpoint) is { } fault)
        {
            Healed = fault;
            Rebuild(checkpoint.Size);
            if (_edge.Root() != checkpoint.Root)
            {
                throw Damaged(checkpoint.Size - 1,
                    $"the records up to this one do not have the root that the log's own checkpoint says: one of them was changed, or the tiles of removed ones. «keten log verify {_directory}» finds it");
            }

            Seal();
        }

        (Note, Sealed) = (note, checkpoint.Size);
    }

    /// <summary>Takes the edge from the tiles; says what is wrong with them when they do not have the root, or are not of these records.</summary>
    private string? EdgeFault(Checkpoint checkpoint)
    {
        try
        {
            _edge = TreeEdge.Resume(
                checkpoint.Size, tile => TileFiles.Read(_directory, tile) ?? throw new TileMissingException(_directory, tile), Keep);
        }
        catch (TileMissingException missing)
        {
            return missing.Message;
        }

        if (_edge.Root() != checkpoint.Root)
        {
            return "the tiles at the edge do not have the root of the checkpoint";
        }

        var leaves = _edge.Hashes(0);
        if (leaves.Count > 0)
        {
            using var tail = new LogTail(_directory);
            var first = Math.Max(checkpoint.Size - leaves.Count, FirstRecord());
            tail.Seek(first);
            for (var index = first; index < checkpoint.Size; index++)
            {
                if (TreeHash.Leaf(tail.Read().Payload.Span) != leaves[(int)(index % Tile.Whole)])
                {
                    throw Damaged(index, "this record is not the one the log's own checkpoint counts: it was changed after it was written");
                }
            }
        }

        return null;
    }

    // Records that retention removed live on as hashes in the tiles; if those were changed, the root says so.
    private void Rebuild(long size)
    {
        _whole.Clear();
        _written.Clear();
        _edge = new TreeEdge(Keep);
        var first = Math.Min(FirstRecord(), size);
        while (_edge.Size < first)
        {
            var hashes = TileFiles.ReadWidest(_directory, 0, _edge.Size / Tile.Whole).Take((int)Math.Min(Tile.Whole, first - _edge.Size)).ToList();
            if (hashes.Count < Math.Min(Tile.Whole, first - _edge.Size))
            {
                throw Damaged(_edge.Size + hashes.Count, "this record was removed by retention, and the tile that holds its hash is missing or damaged");
            }

            hashes.ForEach(_edge.Add);
        }

        if (first < size)
        {
            using var tail = new LogTail(_directory);
            tail.Seek(first);
            while (_edge.Size < size)
            {
                Add(tail.Read().Payload.Span);
            }
        }
    }

    private long FirstRecord() => KeptSegments.Of(_directory) is [var (first, _), ..] ? first : 0;

    private DecisionLogCorruptedException Damaged(long index, string fault) =>
        new(Path.Combine(_directory, Checkpoint.FileName), 0, index, fault);
}
