using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>
/// A text with signatures below it (c2sp.org/signed-note). Reading one says nothing of who signed it; that is for <see cref="JudgedBy"/>.
/// </summary>
/// <param name="Text">What is signed; ends with a line feed.</param>
/// <param name="Signatures">The lines below it, in their order.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    private const int MostBytes = 64 << 10;
    private const int MostSignatures = 100;

    // Throws at what is not UTF-8; never replaces.
    internal static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a note; null when it is none.</summary>
    public static SignedNote? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes)
        {
            return null;
        }

        try
        {
            return TryParse(Utf8.GetString(bytes), out var note) ? note : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Reads a note: the text up to the last empty line, then one or more signature lines and nothing else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SignedNote? note)
    {
        ArgumentNullException.ThrowIfNull(text);
        note = null;
        var split = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !text.EndsWith('\n') || text.AsSpan().ContainsAnyInRange('\0', '\t') || text.AsSpan().ContainsAnyInRange('\v', '\x1f'))
        {
            return false;
        }

        if (!TryParseLines(text[(split + 2)..], out var signatures))
        {
            return false;
        }

        note = new SignedNote(text[..(split + 1)], signatures);
        return true;
    }

    /// <summary>Reads signature lines without a text, as a witness answers them.</summary>
    public static bool TryParseLines(string text, out IReadOnlyList<NoteSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<NoteSignature>();
        signatures = found;
        if (!text.EndsWith('\n'))
        {
            return false;
        }

        foreach (var line in text[..^1].Split('\n'))
        {
            if (found.Count == MostSignatures || !NoteSignature.TryParse(line, out var signature))
            {
                return false;
            }

            found.Add(signature);
        }

        return true;
    }

    /// <summary>What a key says of this note.</summary>
    public NoteVerdict JudgedBy(NoteVerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var verdict = NoteVerdict.NotSigned;
        foreach (var signature in Signatures.Where(s => s.Name == key.Name && s.KeyId == key.KeyId))
        {
            if (!key.Verifies(Text, signature))
            {
                return NoteVerdict.Forged;
            }

            verdict = NoteVerdict.Signed;
        }

        return verdict;
    }

    /// <summary>The same note with further signatures; one of a key that is there already goes in its place.</summary>
    public SignedNote With(params IReadOnlyList<NoteSignature> more) =>
        this with { Signatures = [.. Signatures.Where(s => !more.Any(m => m.Name == s.Name && m.KeyId == s.KeyId)), .. more] };

    /// <summary>The note as it is written.</summary>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures)}";
}
