namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>The elfproef: nine digits, weights 9 to 2 and -1, sum divisible by 11; all zeroes is none.</summary>
internal static class Bsn
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
}
