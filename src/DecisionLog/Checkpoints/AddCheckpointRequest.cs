using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Keten.DecisionLog.Tree;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>What a log asks of a witness (c2sp.org/tlog-witness, add-checkpoint).</summary>
/// <param name="OldSize">Size of the checkpoint the witness signed last; 0: none.</param>
/// <param name="Proof">That the new one continues it.</param>
/// <param name="Note">The new one.</param>
public sealed record AddCheckpointRequest(long OldSize, IReadOnlyList<TreeHash> Proof, SignedNote Note)
{
    /// <summary>Path below the witness's address.</summary>
    public const string Path = "/add-checkpoint";

    /// <summary>Content type of an answer that gives the size the witness signed last.</summary>
    public const string SizeContentType = "text/x.tlog.size";

    /// <summary>A longer request is none.</summary>
    public const int MostBytes = 64 << 10;

    private const string OldWord = "old ";

    /// <summary>Reads a request.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddCheckpointRequest? request)
    {
        ArgumentNullException.ThrowIfNull(text);
        request = null;
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || text[..split].Split('\n') is not [var first, .. var lines] || lines.Length > MerkleProofs.MostHashes
            || !first.StartsWith(OldWord, StringComparison.Ordinal) || !TryParseSize(first[OldWord.Length..], out var oldSize)
            || !SignedNote.TryParse(text[(split + 2)..], out var note))
        {
            return false;
        }

        var proof = new List<TreeHash>(lines.Length);
        foreach (var line in lines)
        {
            if (!TreeHash.TryParse(line, out var hash))
            {
                return false;
            }

            proof.Add(hash);
        }

        request = new AddCheckpointRequest(oldSize, proof, note);
        return true;
    }

    /// <summary>Reads a size in the one way it is written.</summary>
    public static bool TryParseSize(string text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size.ToString(CultureInfo.InvariantCulture) == text;

    /// <summary>The request's body.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(OldWord).Append(OldSize.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Proof)
        {
            text.Append(hash).Append('\n');
        }

        return text.Append('\n').Append(Note).ToString();
    }
}
