using System.Globalization;

namespace Keten.Bench.Rig;

/// <summary>Invented numbers that pass the elfproef, all different, the same at every run: from the highest down, which are for testing.</summary>
internal static class Bsns
{
    private const int First = 99_999_999;

    public static IEnumerable<string> Take(int count)
    {
        for (var eight = First; count > 0; eight--)
        {
            var digits = eight.ToString(CultureInfo.InvariantCulture);
            var check = digits.Select((digit, i) => (digit - '0') * (9 - i)).Sum() % 11;
            if (check < 10)
            {
                count--;
                yield return digits + check.ToString(CultureInfo.InvariantCulture);
            }
        }
    }
}
