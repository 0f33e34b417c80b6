using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Keten.DecisionLog.Tree;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>What a log said it was at one moment (c2sp.org/tlog-checkpoint): so many records, this root.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Size">Records.</param>
/// <param name="Root">Root of the Merkle tree over them.</param>
public sealed record Checkpoint(string Origin, long Size, TreeHash Root)
{
    /// <summary>Name of the file in a log's directory that holds the latest.</summary>
    public const string FileName = "checkpoint";

    /// <summary>Name of the file that holds the latest one with witnesses' signatures; there only when there are witnesses.</summary>
    public const string WitnessedFileName = "checkpoint.witnessed";

    /// <summary>The text that is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");

    /// <summary>Reads the text of a note. Lines after the third mean nothing here, and are signed all the same.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(text);
        checkpoint = null;
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[..^1].Any(l => l.Length == 0) || lines[^1].Length > 0
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[1] || !TreeHash.TryParse(lines[2], out var root)
            || (size == 0) != (root == TreeHash.Empty))
        {
            return false;
        }

        checkpoint = new Checkpoint(lines[0], size, root);
        return true;
    }

    /// <summary>The checkpoint as a note with the log's own signature.</summary>
    public SignedNote Sign(NoteSigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new SignedNote(Text, [key.Sign(Text)]);
    }
}
