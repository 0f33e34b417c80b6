namespace Keten.Client.Pseudonyms;

/// <summary>The elfproef of a BSN: nine digits, weights 9 to 2 and -1, sum divisible by 11; all zeroes is none.</summary>
public static class Elfproef
{
    private const int Length = 9;

    /// <summary>True when the number may be a BSN.</summary>
    public static bool Holds(string? text)
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
}
