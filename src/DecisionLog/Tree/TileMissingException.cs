namespace Keten.DecisionLog.Tree;

/// <summary>A tile that a tree of this size has is not there, or not of its length.</summary>
public sealed class TileMissingException : IOException
{
    internal TileMissingException(string directory, Tile tile)
        : base($"Tile {Path.Combine(directory, tile.Path)} is missing or damaged. A gateway makes tiles anew from the records when it starts; "
            + "keten log verify says what else is wrong.")
    {
    }
}
