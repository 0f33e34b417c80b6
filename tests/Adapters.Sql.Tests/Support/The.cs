using System.Globalization;

namespace Keten.Adapters.Sql.Tests.Support;

/// <summary>Fixed things.</summary>
internal static class The
{
    /// <summary>The n-th number of the test range 9999xxxxx that passes the elfproef, near enough in order.</summary>
    public static string Bsn(int n)
    {
        for (var candidate = 999_900_000 + n; ; candidate += 500)
        {
            var digits = (candidate % 1_000_000_000).ToString("000000000", CultureInfo.InvariantCulture);
            if (PassesElfproef(digits))
            {
                return digits;
            }
        }
    }

    public static bool PassesElfproef(string digits) =>
        digits.Select((d, i) => (d - '0') * (i == 8 ? -1 : 9 - i)).Sum() is > 0 and var sum && sum % 11 == 0;
}
