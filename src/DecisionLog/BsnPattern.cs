namespace Keten.DecisionLog;

/// <summary>Finds a number of nine digits that stands alone and passes the elfproef.</summary>
internal static class BsnPattern
{
    private const int Digits = 9;

    public static bool Contains(ReadOnlySpan<byte> text)
    {
        for (var start = 0; start <= text.Length - Digits;)
        {
            if (!char.IsAsciiDigit((char)text[start]))
            {
                start++;
                continue;
            }

            var end = start + 1;
            while (end < text.Length && char.IsAsciiDigit((char)text[end]))
            {
                end++;
            }

            if (end - start == Digits && StandsAlone(text, start, end) && PassesElfproef(text.Slice(start, Digits)))
            {
                return true;
            }

            start = end;
        }

        return false;
    }

    private static bool StandsAlone(ReadOnlySpan<byte> text, int start, int end)
    {
        // A letter makes it part of an identifier, unless it is that of a JSON escape such as \n.
        var before = start > 0 && char.IsAsciiLetter((char)text[start - 1]) && !(start > 1 && text[start - 2] == '\\');
        var after = end < text.Length && char.IsAsciiLetter((char)text[end]);
        return !before && !after && !IsFractionOfASecond(text, start);
    }

    // 12:00:00.123456789+01:00
    private static bool IsFractionOfASecond(ReadOnlySpan<byte> text, int start) =>
        start >= 4 && text[start - 1] == '.' && text[start - 4] == ':'
        && char.IsAsciiDigit((char)text[start - 2]) && char.IsAsciiDigit((char)text[start - 3]);

    private static bool PassesElfproef(ReadOnlySpan<byte> number)
    {
        var sum = 0;
        var any = 0;
        for (var i = 0; i < Digits; i++)
        {
            var digit = number[i] - '0';
            any |= digit;
            sum += i == Digits - 1 ? -digit : digit * (Digits - i);
        }

        return any != 0 && sum % 11 == 0;
    }
}
