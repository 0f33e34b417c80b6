namespace Keten.DecisionLog.Tree;

/// <summary>The tree as its tiles tell it, up to one size. Proofs are made from these alone; they are checked against the root before use.</summary>
internal sealed class TileTree(string directory, long size) : ITreeSource
{
    private const int MostKept = 256;
    private readonly Dictionary<(int Level, long Index), TreeHash[]> _tiles = [];

    public TreeHash Subtree(int level, long index)
    {
        // A whole subtree of 256 leaves is one hash one level up, when that tile has come so far.
        var (tileLevel, within) = (level / Tile.Height, level % Tile.Height);
        var first = index << within;
        var hashes = Hashes(tileLevel, first / Tile.Whole);
        var start = (int)(first % Tile.Whole);
        var count = 1 << within;
        return start + count <= hashes.Length
            ? Tile.Root(hashes.AsSpan(start, count))
            : throw new TileMissingException(directory, new Tile(tileLevel, first / Tile.Whole, start + count));
    }

    /// <summary>Hash of one leaf.</summary>
    public TreeHash Leaf(long index) => Subtree(0, index);

    private TreeHash[] Hashes(int level, long index)
    {
        if (!_tiles.TryGetValue((level, index), out var hashes))
        {
            var inLevel = size >> (Tile.Height * level);
            var width = (int)Math.Min(Tile.Whole, inLevel - (index * Tile.Whole));
            var tile = new Tile(level, index, width);
            hashes = TileFiles.Read(directory, tile) ?? throw new TileMissingException(directory, tile);
            if (_tiles.Count >= MostKept)
            {
                _tiles.Clear();
            }

            _tiles[(level, index)] = hashes;
        }

        return hashes;
    }
}
