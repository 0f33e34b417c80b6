namespace Keten.DecisionLog;

/// <summary>
/// Finds a number of nine digits that passes the elfproef and stands alone or against a word: two letters or more that are not all hexadecimal. Between
/// hexadecimal letters, beside one letter, and in a long run with other digits it is part of an identifier.
/// </summary>
internal static class BsnPattern
{
    private const int Digits = 9;

    /// <summary>Characters of the shortest common identifier that is written in all letters and digits: 128 bits in base64url.</summary>
    private const int LongIdentifier = 22;

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

            if (end - start == Digits && StandsOut(text, start, end) && PassesElfproef(text.Slice(start, Digits)))
            {
                return true;
            }

            start = end;
        }

        return false;
    }

    // Letters make it part of an identifier when they are those of one; a word that is glued to it hides nothing.
    private static bool StandsOut(ReadOnlySpan<byte> text, int start, int end)
    {
        var from = start;
        while (from > 0 && char.IsAsciiLetter((char)text[from - 1]))
        {
            from--;
        }

        // The first letter after a backslash is that of a JSON escape such as \n.
        var before = text[(from < start && from > 0 && text[from - 1] == '\\' ? from + 1 : from)..start];
        var to = end;
        while (to < text.Length && char.IsAsciiLetter((char)text[to]))
        {
            to++;
        }

        var after = text[end..to];
        return !IsFractionOfASecond(text, start)
            && ((before.IsEmpty && after.IsEmpty) || ((IsWord(before) || IsWord(after)) && !IsInLongIdentifier(text, from, to)));
    }

    private static bool IsWord(ReadOnlySpan<byte> letters)
    {
        foreach (var letter in letters)
        {
            if (!char.IsAsciiHexDigit((char)letter))
            {
                return letters.Length > 1;
            }
        }

        return false;
    }

    // Among random letters and digits (base64url, ULID) nine digits and a word stand side by side by chance.
    private static bool IsInLongIdentifier(ReadOnlySpan<byte> text, int from, int to)
    {
        var (first, last) = (from, to);
        while (first > 0 && char.IsAsciiLetterOrDigit((char)text[first - 1]))
        {
            first--;
        }

        while (last < text.Length && char.IsAsciiLetterOrDigit((char)text[last]))
        {
            last++;
        }

        return last - first >= LongIdentifier && (first < from || last > to);
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
