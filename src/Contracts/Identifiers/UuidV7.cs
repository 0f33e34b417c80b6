using System.Diagnostics.CodeAnalysis;

namespace Keten.Contracts.Identifiers;

/// <summary>Time-ordered identifiers (RFC 9562, version 7) in the canonical lower-case form, as FSC asks of transaction ids.</summary>
public static class UuidV7
{
    /// <summary>A new identifier at the given moment.</summary>
    public static string Create(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("D");

    /// <summary>True for the canonical 36-character form with version 7 and the RFC variant. Guid's own parser also takes capitals, 0x and +.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text)
    {
        if (text is not { Length: 36 } || text[14] != '7' || text[19] is not ('8' or '9' or 'a' or 'b'))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (i is 8 or 13 or 18 or 23 ? text[i] != '-' : !char.IsAsciiHexDigitLower(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
