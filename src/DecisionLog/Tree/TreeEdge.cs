using System.Runtime.InteropServices;

namespace Keten.DecisionLog.Tree;

/// <summary>
/// The right edge of a growing tree: per tile level the hashes of the tile that is not whole. It is all that is needed to go on and to give the
/// root; a log of a thousand million records keeps at most four times 255 hashes here.
/// </summary>
internal sealed class TreeEdge
{
    private readonly List<List<TreeHash>> _levels = [];
    private readonly Action<Tile, IReadOnlyList<TreeHash>>? _whole;

    /// <param name="whole">Told of each tile that has become whole; the list is used again afterwards.</param>
    public TreeEdge(Action<Tile, IReadOnlyList<TreeHash>>? whole = null) => _whole = whole;

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    /// <summary>Goes on from a tree of this size, whose edge is given.</summary>
    public static TreeEdge Resume(long size, Func<Tile, IReadOnlyList<TreeHash>> read, Action<Tile, IReadOnlyList<TreeHash>>? whole)
    {
        var edge = new TreeEdge(whole) { Size = size };
        foreach (var tile in Tile.Edge(size))
        {
            edge.Level(tile.Level).AddRange(read(tile));
        }

        return edge;
    }

    /// <summary>Adds a leaf.</summary>
    public void Add(TreeHash leaf)
    {
        Size++;
        Add(0, leaf);
    }

    /// <summary>Adds a whole tile of leaves of which only the root is known here; the number of leaves so far is a multiple of 256.</summary>
    public void AddTile(TreeHash root)
    {
        Size += Tile.Whole;
        Add(1, root);
    }

    /// <summary>The hashes of the tile at this level that is not whole; none when the last became whole.</summary>
    public IReadOnlyList<TreeHash> Hashes(int level) => level < _levels.Count ? _levels[level] : [];

    /// <summary>Root of the tree so far.</summary>
    public TreeHash Root() => Root([]);

    /// <summary>Root of the tree with these leaves, fewer than 256, behind it. The number of leaves so far is then a multiple of 256.</summary>
    public TreeHash Root(ReadOnlySpan<TreeHash> leaves)
    {
        TreeHash? root = null;
        for (var level = 0; level < Math.Max(_levels.Count, 1); level++)
        {
            var hashes = level == 0 && leaves.Length > 0 ? leaves : CollectionsMarshal.AsSpan(level < _levels.Count ? _levels[level] : []);
            var end = hashes.Length;
            for (var count = 1; count <= hashes.Length; count <<= 1)
            {
                if ((hashes.Length & count) != 0)
                {
                    end -= count;
                    var subtree = Tile.Root(hashes.Slice(end, count));
                    root = root is { } right ? TreeHash.Node(subtree, right) : subtree;
                }
            }
        }

        return root ?? TreeHash.Empty;
    }

    private void Add(int level, TreeHash hash)
    {
        while (true)
        {
            var hashes = Level(level);
            hashes.Add(hash);
            if (hashes.Count < Tile.Whole)
            {
                return;
            }

            // This tile ends where the tree ends now.
            _whole?.Invoke(new Tile(level, (Size >> (Tile.Height * (level + 1))) - 1, Tile.Whole), hashes);
            hash = Tile.Root(CollectionsMarshal.AsSpan(hashes));
            hashes.Clear();
            level++;
        }
    }

    private List<TreeHash> Level(int level)
    {
        while (_levels.Count <= level)
        {
            _levels.Add(new List<TreeHash>(Tile.Whole));
        }

        return _levels[level];
    }
}
