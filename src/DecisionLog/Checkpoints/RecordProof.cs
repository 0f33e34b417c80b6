using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Keten.DecisionLog.Subjects;
using Keten.DecisionLog.Tree;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>
/// One record with all that is needed to check, far from any log and years later, that it was on it (c2sp.org/tlog-proof). The record itself is the
/// extra data.
/// </summary>
/// <param name="Payload">The record as it was stored.</param>
/// <param name="Index">Its place in the log.</param>
/// <param name="Path">Inclusion proof, from the sibling of the leaf up.</param>
/// <param name="Note">The checkpoint it leads to, with its signatures.</param>
public sealed record RecordProof(ReadOnlyMemory<byte> Payload, long Index, IReadOnlyList<TreeHash> Path, SignedNote Note)
{
    private const string FirstLine = "c2sp.org/tlog-proof@v1";
    private const string ExtraWord = "extra ";
    private const string IndexWord = "index ";

    /// <summary>Makes the proof of a record from the tiles beside it.</summary>
    /// <param name="directory">The log.</param>
    /// <param name="entry">The record.</param>
    /// <exception cref="IOException">There is no checkpoint that counts it, or the tiles do not lead to it.</exception>
    public static RecordProof Make(string directory, DecisionLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var found = Read(directory, Checkpoint.WitnessedFileName) is { } witnessed && witnessed.Checkpoint.Size > entry.Index
            ? witnessed : Read(directory, Checkpoint.FileName) ?? throw new IOException($"{directory} has no checkpoint that can be read: nothing can be proved of it.");
        var (note, checkpoint) = found;
        if (checkpoint.Size <= entry.Index)
        {
            throw new IOException($"Record {entry.Index} is not under a checkpoint yet; the log's own counts {checkpoint.Size}. A gateway that runs writes one every second.");
        }

        var path = MerkleProofs.Inclusion(new TileTree(directory, checkpoint.Size), entry.Index, checkpoint.Size);
        var proof = new RecordProof(entry.Payload, entry.Index, path, note);
        return proof.IsIncluded(checkpoint) ? proof
            : throw new IOException($"Record {entry.Index} does not lead to the root of the checkpoint: the log is damaged. «keten log verify {directory}» says where.");
    }

    /// <summary>Reads a proof file.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RecordProof? proof)
    {
        ArgumentNullException.ThrowIfNull(text);
        proof = null;
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || text[..split].Split('\n') is not [FirstLine, var extra, var index, .. var hashes] || hashes.Length > MerkleProofs.MostHashes
            || !extra.StartsWith(ExtraWord, StringComparison.Ordinal) || !index.StartsWith(IndexWord, StringComparison.Ordinal)
            || !long.TryParse(index[IndexWord.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            || !SignedNote.TryParse(text[(split + 2)..], out var note))
        {
            return false;
        }

        var payload = new byte[extra.Length];
        if (!Convert.TryFromBase64String(extra[ExtraWord.Length..], payload, out var length)
            || Convert.ToBase64String(payload.AsSpan(0, length)) != extra[ExtraWord.Length..]
            || place.ToString(CultureInfo.InvariantCulture) != index[IndexWord.Length..])
        {
            return false;
        }

        var path = new List<TreeHash>(hashes.Length);
        foreach (var line in hashes)
        {
            if (!TreeHash.TryParse(line, out var hash))
            {
                return false;
            }

            path.Add(hash);
        }

        proof = new RecordProof(payload.AsMemory(0, length), place, path, note);
        return true;
    }

    /// <summary>Why the proof does not hold; null when it does.</summary>
    /// <param name="key">The log's public key, from elsewhere than the proof.</param>
    public string? FaultBy(NoteVerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Checkpoint.TryParse(Note.Text, out var checkpoint))
        {
            return "it holds no checkpoint";
        }

        return checkpoint.Origin != key.Name ? $"its checkpoint is of «{checkpoint.Origin}», and the key is of «{key.Name}»"
            : Note.JudgedBy(key) != NoteVerdict.Signed ? $"its checkpoint is not signed by the key {key}"
            : !IsIncluded(checkpoint) ? "the record is not in the tree that the checkpoint signs: record, place or path was changed"
            : null;
    }

    /// <summary>The record; what tells of a person stays sealed, unless its log with the keys is at hand.</summary>
    /// <param name="directory">The directory of the log; null: only what the proof itself holds.</param>
    /// <exception cref="InvalidProtocolBufferException">What is proved is no record of a decision log.</exception>
    public LogRecord Read(string? directory = null)
    {
        using var opener = directory is null ? SubjectOpener.WithoutKeys() : SubjectOpener.Of(directory);
        return opener.Read(Payload.Span);
    }

    /// <summary>The file, customarily named <c>….tlog-proof</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(FirstLine).Append('\n')
            .Append(ExtraWord).Append(Convert.ToBase64String(Payload.Span)).Append('\n')
            .Append(IndexWord).Append(Index.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Path)
        {
            text.Append(hash).Append('\n');
        }

        return text.Append('\n').Append(Note).ToString();
    }

    private bool IsIncluded(Checkpoint checkpoint) =>
        MerkleProofs.ProvesInclusion(TreeHash.Leaf(Payload.Span), Index, checkpoint.Size, checkpoint.Root, Path);

    private static (SignedNote Note, Checkpoint Checkpoint)? Read(string directory, string name) =>
        CheckpointFile.Read(directory, name) is { } bytes && SignedNote.Read(bytes) is { } note && Checkpoint.TryParse(note.Text, out var checkpoint)
            ? (note, checkpoint) : null;
}
