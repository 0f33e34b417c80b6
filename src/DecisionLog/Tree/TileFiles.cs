using System.Globalization;
using System.Runtime.InteropServices;

namespace Keten.DecisionLog.Tree;

/// <summary>Tiles as files below a log's directory, laid out as c2sp.org/tlog-tiles serves them.</summary>
internal static class TileFiles
{
    /// <summary>The first hashes of a tile, as many as it is asked for; null when neither this tile nor the whole one has them.</summary>
    public static TreeHash[]? Read(string directory, Tile tile)
    {
        // The narrow one goes when the whole one is there.
        return ReadFile(directory, tile, tile) ?? (tile.Width < Tile.Whole ? ReadFile(directory, tile with { Width = Tile.Whole }, tile) : null);
    }

    /// <summary>The hashes of a tile of which only the place is known: the widest there is; none when there is none.</summary>
    public static TreeHash[] ReadWidest(string directory, int level, long index)
    {
        var tile = new Tile(level, index, Tile.Whole);
        if (ReadFile(directory, tile, tile) is { } whole)
        {
            return whole;
        }

        for (var width = Tile.Whole - 1; width > 0; width--)
        {
            var partial = tile with { Width = width };
            if (ReadFile(directory, partial, partial) is { } hashes)
            {
                return hashes;
            }
        }

        return [];
    }

    /// <summary>The tiles of leaf hashes there are, from the first on. A file of another name is not ours and is left alone.</summary>
    public static IEnumerable<Tile> Leaves(string directory)
    {
        var level = Path.Combine(directory, Tile.Directory, "0");
        return !Directory.Exists(level) ? [] : Directory.EnumerateFiles(level, "*", SearchOption.AllDirectories)
            .Select(path => At(Path.GetRelativePath(level, path), Path.GetRelativePath(directory, path))).OfType<Tile>().OrderBy(tile => tile.FirstLeaf);
    }

    /// <summary>Writes a tile so that under its name there is the whole content or nothing. Its directory is still to be synced.</summary>
    /// <returns>The directory it is in.</returns>
    public static string Write(string directory, Tile tile, ReadOnlySpan<TreeHash> hashes)
    {
        var path = Path.Combine(directory, tile.Path);
        var parent = Path.GetDirectoryName(path)!;
        MakeDirectory(parent);
        AtomicLogFile.Write(path, MemoryMarshal.AsBytes(hashes));
        return parent;
    }

    /// <summary>Takes away the narrow forms of a tile that is whole now.</summary>
    public static void RemovePartials(string directory, Tile tile)
    {
        var partials = Path.Combine(directory, (tile with { Width = Tile.Whole }).Path) + ".p";
        if (Directory.Exists(partials))
        {
            Directory.Delete(partials, recursive: true);
        }
    }

    private static Tile? At(string place, string path)
    {
        var parts = place.Split(".p/");
        return long.TryParse(parts[0].Replace("x", "", StringComparison.Ordinal).Replace("/", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(parts.ElementAtOrDefault(1) ?? "256", NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && new Tile(0, index, width) is var tile && tile.Path == path
            ? tile : null;
    }

    private static TreeHash[]? ReadFile(string directory, Tile stored, Tile wanted)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Combine(directory, stored.Path));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        // Of another length: not as it was written, so it is as good as none.
        return bytes.Length == stored.Width * TreeHash.Size
            ? MemoryMarshal.Cast<byte, TreeHash>(bytes.AsSpan(0, wanted.Width * TreeHash.Size)).ToArray()
            : null;
    }

    private static void MakeDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            MakeDirectory(Path.GetDirectoryName(path)!);
            LogFiles.CreateDirectory(path);
        }
    }
}
