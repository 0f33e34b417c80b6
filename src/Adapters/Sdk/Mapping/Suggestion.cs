namespace Keten.Adapters.Sdk.Mapping;

/// <summary>Finds what somebody probably meant.</summary>
internal static class Suggestion
{
    /// <summary>"; did you mean 'x'?", or all choices when nothing is near and there are few.</summary>
    public static string For(string word, IEnumerable<string> choices)
    {
        var all = choices.Order(StringComparer.Ordinal).ToList();
        if (all.Count == 0)
        {
            return "";
        }

        var (nearest, distance) = all.Select(c => (c, Distance(word, c))).MinBy(p => p.Item2);
        return distance <= Math.Max(2, word.Length / 3)
            ? $"; did you mean '{nearest}'?"
            : all.Count <= 24 ? $"; expected one of {string.Join(", ", all)}" : "";
    }

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[^1];
    }
}
