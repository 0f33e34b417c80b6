namespace Keten.DecisionLog.Tree;

/// <summary>The records of one tile of leaves, hashed by whichever processor is free, and held against the tile on disk.</summary>
internal sealed class LeafBatch(long start, TreeHash[] known)
{
    private readonly List<StoredRecord> _records = new(Tile.Whole);

    /// <summary>Index of the first leaf; a multiple of 256.</summary>
    public long Start => start;

    /// <summary>Index after the last.</summary>
    public long End => start + known.Length + _records.Count;

    public bool IsWhole => End - start == Tile.Whole;

    /// <summary>After <see cref="Hash"/>: the leaves.</summary>
    public TreeHash[] Leaves { get; private set; } = [];

    /// <summary>After <see cref="Hash"/>: root over the leaves of a whole tile.</summary>
    public TreeHash Root { get; private set; }

    /// <summary>After <see cref="Hash"/>: the first leaf that is not as in the tile; null when all are, or none is in a tile.</summary>
    public long? Differs { get; private set; }

    /// <summary>After <see cref="Hash"/>: the tile that should be there and is not.</summary>
    public Tile? Missing { get; private set; }

    public void Add(StoredRecord record) => _records.Add(record);

    /// <summary>Place of a record of this batch; null for one that retention removed.</summary>
    public StoredRecord? Record(long index) => index - start - known.Length is >= 0 and var at ? _records[(int)at] : null;

    /// <param name="directory">Where the tiles are.</param>
    /// <param name="tiled">Leaves that must be in tiles.</param>
    public LeafBatch Hash(string directory, long tiled)
    {
        Leaves = [.. known, .. _records.Select(record => TreeHash.Leaf(record.Payload))];
        Root = IsWhole ? Tile.Root(Leaves) : default;
        if (_records.Count > 0 && Math.Min(Tile.Whole, tiled - start) is > 0 and var width)
        {
            var tile = new Tile(0, start / Tile.Whole, (int)width);
            var stored = TileFiles.Read(directory, tile);

            // Where the records end too early, that is what is wrong.
            Missing = stored is null && Leaves.Length >= width ? tile : null;
            Differs = stored?.AsSpan(0, (int)Math.Min(width, Leaves.Length)).CommonPrefixLength(Leaves) is { } same && same < Math.Min(width, Leaves.Length)
                ? start + same
                : null;
        }

        return this;
    }
}
