namespace Keten.DecisionLog.Tree;

/// <summary>A tile that a tree of this size has is not there, or not of its length.</summary>
public sealed class TileMissingException : IOException
{
    internal TileMissingException(string directory, Tile tile)
        : base($"Tile {Path.Combine(directory, tile.Path)} is missing or damaged. keten log verify says what else is wrong. While all records "
            + "are there, a gateway that starts without the directory tile/ makes it again from them.")
    {
    }
}
