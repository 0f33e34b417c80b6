using System.Text;
using Hl7.Fhir.Model;

namespace Keten.Fhir;

/// <summary>
/// A source may hold characters that R4 forbids in any text, and that XML cannot carry at all. Each becomes U+FFFD, as a character that cannot be shown does
/// elsewhere: one of them does not keep the rest of the answer from its reader.
/// </summary>
internal static class FhirCharacters
{
    /// <summary>Replaces them in every text within.</summary>
    public static void Clean(Base element)
    {
        if (element is PrimitiveType { JsonValue: string text } primitive)
        {
            primitive.JsonValue = Cleaned(text);
        }

        foreach (var (_, value) in element.EnumerateElements())
        {
            switch (value)
            {
                case Base one:
                    Clean(one);
                    break;
                case IEnumerable<Base> many:
                    foreach (var one in many)
                    {
                        Clean(one);
                    }

                    break;
            }
        }
    }

    private static string Cleaned(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // Half of a surrogate pair is U+FFFD already.
            clean.Append(IsAllowed(rune) ? rune : Rune.ReplacementChar);
        }

        return clean.ToString();
    }

    private static bool IsAllowed(Rune rune) => rune.Value is '\t' or '\r' or '\n' or >= ' ' and not (0xFFFE or 0xFFFF);
}
