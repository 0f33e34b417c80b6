using Keten.DecisionLog.Retention;

namespace Keten.DecisionLog.Tree;

/// <summary>
/// Reads a whole log from its files alone and says what is wrong with it: every frame, sum and index, every leaf against the tiles, the root
/// against the checkpoints. Streams: memory does not grow with the log. A gateway may be writing meanwhile.
/// </summary>
/// <param name="directory">The directory of one gateway's log.</param>
/// <param name="options">What it is held against.</param>
public sealed class LogVerifier(string directory, VerifyTerms options)
{
    private readonly List<LogFinding> _findings = [];
    private readonly List<string> _remarks = [];
    private readonly Queue<Task<LeafBatch>> _hashing = new();
    private KnownCheckpoints _known = KnownCheckpoints.None;
    private TreeEdge _edge = new();
    private LogFinding? _mismatch;
    private TreeHash? _root;
    private long _reached;
    private long _bytes;
    private long _retired;
    private long _removed;

    /// <summary>How many records were read so far; may be asked from another thread meanwhile.</summary>
    public long Progress => Volatile.Read(ref _reached);

    /// <summary>How many records the log's own checkpoint counts; 0 until known. With <see cref="Progress"/>: how far it is.</summary>
    public long Expected => _known.Sealed;

    /// <summary>Reads the log once.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public VerifyReport Verify(CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no decision log in {directory}: the directory does not exist.");
        }

        RecordWalk? walk = null;
        var damaged = false;
        try
        {
            walk = Open();
            Read(walk, cancellationToken);
        }
        catch (DecisionLogCorruptedException damage)
        {
            damaged = true;
            _findings.Add(new(damage.What, char.ToUpperInvariant(damage.Fault[0]) + damage.Fault[1..] + ".", damage.Segment, damage.Offset, damage.Index));
            Combine(left: 0);
        }

        _findings.AddRange(_known.Judge(directory, _reached, damaged, _mismatch));
        JudgeRemoved(walk?.FirstIndex ?? 0, damaged);
        if (options.Against is { } other)
        {
            _findings.AddRange(LogComparison.Compare(directory, other, _retired, _remarks, cancellationToken));
        }

        Remark(walk);
        return new VerifyReport(
            directory, walk?.LogId, walk?.FirstIndex ?? 0, _reached, _known.Sealed, damaged ? null : _root, _bytes,
            [.. _findings.OrderBy(f => f.Index ?? long.MaxValue)], _remarks);
    }

    /// <summary>The checkpoints before the records: what they count was on disk when they were written. Once more when retention came between.</summary>
    private RecordWalk Open()
    {
        while (true)
        {
            var retired = RetiredNote.Read(directory);
            _findings.Clear();
            _remarks.Clear();
            _known = KnownCheckpoints.Read(directory, options, _findings, _remarks);
            var walk = new RecordWalk(directory);
            if (RetiredNote.Read(directory) == retired)
            {
                return walk;
            }
        }
    }

    private void Read(RecordWalk walk, CancellationToken cancellationToken)
    {
        var batch = Begin(walk.FirstIndex, cancellationToken);
        foreach (var record in walk.Read())
        {
            batch.Add(record);
            if (walk.FirstIndex > 0 && record.Index < _known.Sealed)
            {
                _retired = Math.Max(_retired, RetirementRecord.FirstKept(record.Payload));
            }

            _bytes += RecordFrame.Size + record.Payload.Length;
            if (batch.IsWhole)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Post(batch);
                batch = new LeafBatch(batch.End, []);
            }
        }

        Post(batch);
        Combine(left: 0);
    }

    /// <summary>Records that retention removed are there as hashes: these go up into the root like those of records.</summary>
    private LeafBatch Begin(long first, CancellationToken cancellationToken)
    {
        _edge = new TreeEdge(CheckWhole);
        _removed = first;
        var start = 0L;
        for (; start + Tile.Whole <= first; start += Tile.Whole)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Post(new LeafBatch(start, Stored(new Tile(0, start / Tile.Whole, Tile.Whole))));
        }

        return new LeafBatch(start, first > start ? Stored(new Tile(0, start / Tile.Whole, (int)(first - start))) : []);
    }

    /// <summary>Hashes that stand for removed records. On disk the tile is as wide as the tree that was sealed last, which may be wider.</summary>
    private TreeHash[] Stored(Tile tile)
    {
        var sealedThere = (_known.Sealed >> (Tile.Height * tile.Level)) - (tile.Index * Tile.Whole);
        var wide = tile with { Width = (int)Math.Min(Tile.Whole, sealedThere) };
        return wide.Width >= tile.Width && TileFiles.Read(directory, wide) is { } hashes ? hashes[..tile.Width] : throw new DecisionLogCorruptedException(
            Path.Combine(directory, tile.Path), 0, tile.FirstLeaf, "this tile stands for removed records, and is missing or damaged", LogDamage.TileChanged);
    }

    private void Post(LeafBatch batch)
    {
        _hashing.Enqueue(Task.Run(() => batch.Hash(directory, _known.Sealed)));
        Combine(left: 4 * options.Processors);
    }

    /// <summary>Puts hashed batches into the tree, in order, until so many are left.</summary>
    private void Combine(int left)
    {
        while (_hashing.Count > left)
        {
            var batch = _hashing.Dequeue().GetAwaiter().GetResult();
            _mismatch ??= Mismatch(batch);

            // Roots within the batch before it is part of the tree; the root at its end, when it is a whole tile, after.
            Reach(batch.Start, batch.IsWhole ? batch.End - 1 : batch.End, size => _edge.Root(batch.Leaves.AsSpan(0, (int)(size - batch.Start))));
            if (batch.IsWhole)
            {
                _edge.AddTile(batch.Root);
                Reach(batch.End - 1, batch.End, _ => _edge.Root());
            }

            _root = batch.IsWhole || batch.Leaves.Length == 0 ? _edge.Root() : _edge.Root(batch.Leaves);
            Volatile.Write(ref _reached, Math.Max(_reached, batch.End));
        }
    }

    private void Reach(long from, long to, Func<long, TreeHash> root)
    {
        if (!_known.Reach(from, to, root))
        {
            return;
        }

        foreach (var tile in Tile.Edge(_known.Sealed).Where(tile => tile.Level > 0))
        {
            Check(tile, _edge.Hashes(tile.Level));
        }
    }

    private void CheckWhole(Tile tile, IReadOnlyList<TreeHash> hashes)
    {
        if ((tile with { Index = tile.Index + 1 }).FirstLeaf <= _known.Sealed)
        {
            Check(tile, hashes);
        }
    }

    private void Check(Tile tile, IReadOnlyList<TreeHash> hashes)
    {
        var stored = TileFiles.Read(directory, tile);
        if (stored is not null && stored.SequenceEqual(hashes))
        {
            return;
        }

        var below = new Tile(tile.Level - 1, (tile.Index * Tile.Whole) + (stored?.AsSpan().CommonPrefixLength(hashes.ToArray()) ?? 0), Tile.Whole);
        _mismatch ??= stored is not null && below.FirstLeaf < _removed
            ? new LogFinding(
                LogDamage.TileChanged, $"This tile and {below.Path}, which stands for removed records, do not belong together: one of them was changed.",
                Path.Combine(directory, tile.Path), below.Index % Tile.Whole * TreeHash.Size, below.FirstLeaf)
            : new LogFinding(
                LogDamage.TileChanged, "This tile is missing, or is not of these records.", Path.Combine(directory, tile.Path), 0, tile.FirstLeaf);
    }

    private LogFinding? Mismatch(LeafBatch batch)
    {
        if (batch.Missing is { } tile)
        {
            return new(LogDamage.TileChanged, "This tile is missing, or not of its length.", Path.Combine(directory, tile.Path), 0, batch.Start);
        }

        return batch.Differs is { } index
            ? new(LogDamage.RecordRewritten, "This record is not the one the tree was made of.", batch.Record(index)?.Segment, batch.Record(index)?.Offset, index)
            : null;
    }

    /// <summary>Records are gone by the rule when one under the checkpoint says so, and only then: the note beside them anybody can write.</summary>
    private void JudgeRemoved(long first, bool damaged)
    {
        if (first > _retired && damaged)
        {
            _remarks.Add($"Records {_retired} to {first - 1} are gone; whether retention removed them is not known, for not all records could be read.");
        }
        else if (first > _retired)
        {
            _findings.Add(new(LogDamage.SegmentMissing,
                $"Records {_retired} to {first - 1} are gone, and no record under the checkpoint says that retention removed them.",
                LogFiles.SegmentPath(directory, _retired), null, _retired));
        }
        else if (first > 0)
        {
            _remarks.Add($"Records 0 to {first - 1} were removed by retention, as the log itself says; their hashes are still in the tree.");
        }
    }

    private void Remark(RecordWalk? walk)
    {
        if (_known.Sealed is > 0 and var count && _reached > count)
        {
            _remarks.Add($"The last {_reached - count} records are not under a checkpoint yet; their own sums are right.");
        }

        if (walk?.TornTail is { } tail)
        {
            _remarks.Add($"The log ends in {tail.Bytes} bytes that are no whole record and were never acknowledged, as after a crash ({tail.Segment}, offset {tail.Offset}).");
        }

        if (walk is { LogId: null })
        {
            _remarks.Add("The log holds no record.");
        }
    }
}
