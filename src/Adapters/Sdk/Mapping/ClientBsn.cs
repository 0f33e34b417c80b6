namespace Keten.Adapters.Sdk.Mapping;

/// <summary>
/// Only a number that passes the elfproef is a BSN. Placeholders such as 000000000 or 999999999 stand with many clients, who would all become one person.
/// </summary>
internal static class ClientBsn
{
    private const int Digits = 9;

    /// <summary>Nine digits; null when it is no BSN. A number column has lost its leading zeros.</summary>
    public static string? Normalise(string? text)
    {
        if (text is null || text.Length is < Digits - 2 or > Digits || !text.All(char.IsAsciiDigit))
        {
            return null;
        }

        var padded = text.PadLeft(Digits, '0');
        var sum = -(padded[^1] - '0');
        for (var i = 0; i < Digits - 1; i++)
        {
            sum += (padded[i] - '0') * (Digits - i);
        }

        return sum % 11 == 0 && padded.AsSpan().ContainsAnyExcept('0') ? padded : null;
    }
}
