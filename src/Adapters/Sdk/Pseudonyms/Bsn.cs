using System.Text.RegularExpressions;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>The elfproef: nine digits, weights 9 to 2 and -1, sum divisible by 11; all zeroes is none.</summary>
internal static partial class Bsn
{
    private const int Length = 9;

    public static bool IsValid(string? text)
    {
        if (text is not { Length: Length })
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }

            sum += (text[i] - '0') * (i == Length - 1 ? -1 : Length - i);
        }

        return sum % 11 == 0 && text.AsSpan().ContainsAnyExcept('0');
    }

    /// <summary>True when a number that stands alone in the text is valid: the gateway refuses that text.</summary>
    public static bool IsIn(string text) => NineDigits().Matches(text).Any(number => IsValid(number.Value));

    // A letter before or after makes it part of an identifier, unless it is that of a JSON escape such as \n.
    [GeneratedRegex(@"(?<![0-9])(?<!(?<!\\)[A-Za-z])[0-9]{9}(?![0-9A-Za-z])")]
    private static partial Regex NineDigits();
}
