using System.Globalization;

namespace Keten.DecisionLog.Tree;

/// <summary>
/// Place of a tile (c2sp.org/tlog-tiles): up to 256 neighbouring hashes of tree level <c>8 · Level</c>. Each hash of a tile at level 1 and above
/// is the hash of a whole tile of the level below.
/// </summary>
/// <param name="Level">Level of the tile, 0 for leaf hashes.</param>
/// <param name="Index">Place within the level.</param>
/// <param name="Width">Hashes in it: 256 when whole.</param>
internal readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>Hashes of a whole tile.</summary>
    public const int Whole = 256;

    /// <summary>Tree levels in a tile.</summary>
    public const int Height = 8;

    /// <summary>Directory of the tiles beside the segments.</summary>
    public const string Directory = "tile";

    /// <summary>Index of the first leaf below it.</summary>
    public long FirstLeaf => Index << (Height * (Level + 1));

    /// <summary>The path below the log's directory, for instance <c>tile/0/x001/x234/067.p/8</c>.</summary>
    public string Path
    {
        get
        {
            var path = (Index % 1000).ToString("D3", CultureInfo.InvariantCulture);
            for (var rest = Index / 1000; rest > 0; rest /= 1000)
            {
                path = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:D3}/{path}");
            }

            path = string.Create(CultureInfo.InvariantCulture, $"{Directory}/{Level}/{path}");
            return Width == Whole ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.p/{Width}");
        }
    }

    /// <summary>The tiles at the right edge of a tree of this size that are not whole, from the leaves up.</summary>
    public static IEnumerable<Tile> Edge(long size)
    {
        for (var (level, count) = (0, size); count > 0; level++, count /= Whole)
        {
            if (count % Whole is var width and > 0)
            {
                yield return new Tile(level, count / Whole, (int)width);
            }
        }
    }

    /// <summary>Hash of the subtree over a power of two of hashes.</summary>
    public static TreeHash Root(ReadOnlySpan<TreeHash> hashes)
    {
        if (hashes.Length == 1)
        {
            return hashes[0];
        }

        Span<TreeHash> row = stackalloc TreeHash[hashes.Length / 2];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = TreeHash.Node(hashes[2 * i], hashes[(2 * i) + 1]);
        }

        for (; row.Length > 1; row = row[..(row.Length / 2)])
        {
            for (var i = 0; i < row.Length / 2; i++)
            {
                row[i] = TreeHash.Node(row[2 * i], row[(2 * i) + 1]);
            }
        }

        return row[0];
    }
}
