using System.Diagnostics.CodeAnalysis;

namespace Keten.Contracts.Identifiers;

/// <summary>
/// Organisatie-identificatienummer: the identity of a participant. Twenty positions; the main number of some registers is alphanumeric,
/// so it is not validated as digits (Logius OIN standard; Digikoppeling fixes it in the certificate subject's <c>serialNumber</c>).
/// </summary>
public readonly record struct Oin
{
    /// <summary>Length in characters.</summary>
    public const int Length = 20;

    private Oin(string value) => Value = value;

    /// <summary>The twenty characters.</summary>
    public string Value { get; }

    /// <summary>Accepts exactly twenty ASCII letters or digits, nothing around them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Oin oin)
    {
        oin = default;
        if (text is not { Length: Length })
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        oin = new Oin(text);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>; for values that were validated before.</summary>
    /// <exception cref="FormatException">The text is no OIN.</exception>
    public static Oin Parse(string text) =>
        TryParse(text, out var oin) ? oin : throw new FormatException("An OIN has 20 letters or digits.");

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}
