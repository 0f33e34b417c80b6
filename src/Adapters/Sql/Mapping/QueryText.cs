using System.Text.RegularExpressions;

namespace Keten.Adapters.Sql.Mapping;

/// <summary>
/// Checks that a query from the mapping is one SELECT with the client as a parameter. The database refuses writes besides; this is so that the
/// engineer hears it at start, with a line.
/// </summary>
internal static partial class QueryText
{
    private static readonly HashSet<string> Forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "insert", "update", "delete", "merge", "into", "create", "alter", "drop", "truncate", "attach", "detach", "vacuum", "pragma", "copy", "grant",
        "revoke", "call", "execute", "set_config", "load_extension",
    };

    /// <summary>The query without a closing semicolon; null with a fault that says what was expected.</summary>
    public static string? Check(string text, bool needsClient, out string? fault)
    {
        var code = Code(text);
        fault = code is null ? "a quote or comment is not closed" : Fault(code.TrimEnd(), needsClient);
        if (fault is not null)
        {
            return null;
        }

        var end = code!.TrimEnd().Length;
        return code[end - 1] == ';' ? text[..(end - 1)] : text;
    }

    private static string? Fault(string code, bool needsClient)
    {
        var single = code.EndsWith(';') ? code[..^1] : code;
        if (single.Contains(';', StringComparison.Ordinal))
        {
            return "expected one statement, found a semicolon inside";
        }

        var words = Word().Matches(single).Select(m => m.Value).ToList();
        if (words.Count == 0 || !(words[0].Equals("select", StringComparison.OrdinalIgnoreCase) || words[0].Equals("with", StringComparison.OrdinalIgnoreCase)))
        {
            return "expected a single statement that begins with SELECT or WITH";
        }

        if (words.Find(Forbidden.Contains) is { } word)
        {
            return $"'{word}' does not belong in a query that only reads (quote it if it is a column)";
        }

        var parameters = Parameter().Matches(single).Select(m => m.Groups[1].Value).Distinct().ToList();
        if (parameters.Find(p => !needsClient || p != "client") is { } other)
        {
            return needsClient ? $"no parameter ':{other}'; the only one is :client" : $"no parameter ':{other}'; this query takes none";
        }

        return needsClient && parameters.Count == 0 ? "expected the parameter :client, which carries the client's id" : null;
    }

    /// <summary>The text with everything inside quotes and comments made blank, at the same places; null when one does not end.</summary>
    private static string? Code(string text)
    {
        var result = text.ToCharArray();
        for (var i = 0; i < text.Length;)
        {
            var length = Skipped(text, i);
            if (length < 0)
            {
                return null;
            }

            Array.Fill(result, ' ', i, length);
            i += Math.Max(length, 1);
        }

        return new string(result);
    }

    private static int Skipped(string text, int start)
    {
        var rest = text.AsSpan(start);
        if (rest.StartsWith("--"))
        {
            var line = rest.IndexOf('\n');
            return line < 0 ? rest.Length : line;
        }

        if (rest.StartsWith("/*"))
        {
            return Until(rest, 2, "*/");
        }

        if (rest[0] is '\'' or '"' or '`')
        {
            return Until(rest, 1, rest[..1]);
        }

        if (rest[0] == '$' && Dollar().Match(text, start) is { Success: true } tag && tag.Index == start)
        {
            return Until(rest, tag.Length, tag.ValueSpan);
        }

        return 0;
    }

    private static int Until(ReadOnlySpan<char> rest, int from, ReadOnlySpan<char> end)
    {
        var at = rest[from..].IndexOf(end);
        return at < 0 ? -1 : from + at + end.Length;
    }

    [GeneratedRegex(@"[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<!:):([A-Za-z_][A-Za-z0-9_]*)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\$([A-Za-z_][A-Za-z0-9_]*)?\$")]
    private static partial Regex Dollar();
}
