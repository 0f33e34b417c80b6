using System.Globalization;

namespace Keten.Bench.Rig;

/// <summary>Invented numbers that pass the elfproef, all different, the same at every run.</summary>
internal static class Bsns
{
    private const int First = 99_900_000;

    public static IEnumerable<string> Take(int count)
    {
        for (var eight = First; count > 0; eight++)
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
