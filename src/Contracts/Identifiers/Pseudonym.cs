using System.Diagnostics.CodeAnalysis;

namespace Keten.Contracts.Identifiers;

/// <summary>
/// The federation's name for a person: <c>key-id "." base64url(32 bytes)</c>, for instance <c>k1.mB0…</c>. The key id tells which evaluation
/// key made it, so that keys can rotate. It is not a BSN and cannot be turned into one without the evaluators' keys.
/// </summary>
public readonly record struct Pseudonym
{
    private const int ValueLength = 43;
    private const int MaxKeyIdLength = 8;

    // 43 characters hold 258 bits: the last two are zero, or one person would have four names.
    private const string LastCharacters = "AEIMQUYcgkosw048";

    private Pseudonym(string text) => Value = text;

    /// <summary>The whole text, key id included.</summary>
    public string Value { get; }

    /// <summary>Accepts exactly the canonical form; at most 52 characters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Pseudonym pseudonym)
    {
        pseudonym = default;
        var dot = text?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        if (text is null || dot is < 1 or > MaxKeyIdLength || text.Length != dot + 1 + ValueLength
            || !LastCharacters.Contains(text[^1], StringComparison.Ordinal))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var valid = i < dot ? char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)
                : i == dot || char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
            if (!valid)
            {
                return false;
            }
        }

        pseudonym = new Pseudonym(text);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>; for values that were validated before.</summary>
    /// <exception cref="FormatException">The text is no pseudonym. The text itself is not in the message.</exception>
    public static Pseudonym Parse(string text) =>
        TryParse(text, out var pseudonym) ? pseudonym : throw new FormatException("Not a pseudonym: expected key-id.base64url(32 bytes).");

    /// <summary>Writes 32 bytes of evaluation output under a key id of one to eight lower-case letters or digits.</summary>
    public static Pseudonym Create(string keyId, ReadOnlySpan<byte> output) =>
        Parse(keyId + "." + System.Buffers.Text.Base64Url.EncodeToString(output));

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}
