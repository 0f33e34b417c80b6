using System.Text;

namespace Keten.Conventions.Tests;

/// <summary>C# source with the contents of comments and texts blanked, line for line, so that a search finds code only.</summary>
internal sealed class SourceText
{
    private SourceText(string file, string[] lines, string[] code)
    {
        File = file;
        Lines = lines;
        Code = code;
    }

    public string File { get; }

    public string[] Lines { get; }

    public string[] Code { get; }

    public static SourceText Load(string file) => Parse(file, Repository.Read(file));

    public static SourceText Parse(string file, string text)
    {
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        return new SourceText(file, text.Split('\n'), Blank(text).Split('\n'));
    }

    /// <summary>True when the line, or the comment directly above it, says why.</summary>
    public bool HasReason(int line) =>
        Lines[line].Contains("//", StringComparison.Ordinal) || (line > 0 && Lines[line - 1].TrimStart().StartsWith("//", StringComparison.Ordinal));

    private static string Blank(string text)
    {
        var code = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = SkipAt(text, at);
            for (var i = at; i < Math.Max(end, at + 1) && i < text.Length; i++)
            {
                code.Append(end > at && text[i] != '\n' ? ' ' : text[i]);
            }

            at = Math.Max(end, at + 1);
        }

        return code.ToString();
    }

    /// <summary>Where the comment or text that begins here ends; the same place when none does.</summary>
    private static int SkipAt(string text, int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("//"))
        {
            return After(text, at, "\n") - 1;
        }

        if (rest.StartsWith("/*"))
        {
            return After(text, at + 2, "*/");
        }

        if (rest.StartsWith("\"\"\""))
        {
            var quotes = 3;
            while (at + quotes < text.Length && text[at + quotes] == '"')
            {
                quotes++;
            }

            return After(text, at + quotes, new string('"', quotes));
        }

        if (rest.StartsWith("@\"") || rest.StartsWith("$@\"") || rest.StartsWith("@$\""))
        {
            return AfterVerbatim(text, text.IndexOf('"', at) + 1);
        }

        return rest[0] switch
        {
            '"' => AfterEscaped(text, at, '"'),
            '\'' => AfterEscaped(text, at, '\''),
            _ => at,
        };
    }

    private static int After(string text, int from, string end) =>
        text.IndexOf(end, from, StringComparison.Ordinal) is >= 0 and var found ? found + end.Length : text.Length + 1;

    private static int AfterEscaped(string text, int at, char quote)
    {
        for (at++; at < text.Length && text[at] != quote && text[at] != '\n'; at++)
        {
            at += text[at] == '\\' ? 1 : 0;
        }

        return at + 1;
    }

    private static int AfterVerbatim(string text, int at)
    {
        for (; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '"')
            {
                at++;
                continue;
            }

            return at + 1;
        }

        return at;
    }
}
