using System.Text;
using System.Text.RegularExpressions;

namespace Keten.Conventions.Tests;

/// <summary>Tables for the docs, made from the source text, so that a page can be compared with the code it tells of.</summary>
internal static partial class GeneratedTables
{
    /// <summary>Every option of a class that is read from configuration.</summary>
    /// <param name="file">Source file of the class.</param>
    /// <param name="leftOut">Properties that no configuration reaches.</param>
    public static string Options(string file, params string[] leftOut)
    {
        var table = new StringBuilder("| key | default | what |\n|---|---|---|\n");
        var validator = file.Replace(".cs", "Validator.cs", StringComparison.Ordinal);
        var checks = Repository.AllFiles.Contains(validator, StringComparer.Ordinal) ? Repository.Read(validator) : "";
        foreach (var property in Properties(file).Where(p => !leftOut.Contains(p.Groups["name"].Value, StringComparer.Ordinal)))
        {
            var required = property.Groups["attributes"].Value.Contains("Required", StringComparison.Ordinal) || property.Groups["required"].Success
                || checks.Contains($"Require(options.{property.Groups["name"].Value},", StringComparison.Ordinal);
            var value = Default(property.Groups["default"].Value);
            table.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"| `{property.Groups["name"].Value}` | {(value.Length > 0 ? value : required ? "required" : "none")} | {Text(property.Groups["comment"].Value)} |\n");
        }

        return table.ToString();
    }

    /// <summary>Every message of the log, by number.</summary>
    public static string LogEvents()
    {
        var table = new StringBuilder("| event | level | from | message |\n|---|---|---|---|\n");
        foreach (var (id, file, level, message) in AllLogEvents().OrderBy(e => e.Id))
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {id} | {level} | `{Path.GetDirectoryName(file)!.Replace('\\', '/')}` | {message} |\n");
        }

        return table.ToString();
    }

    /// <summary>Number, file, level and message of every source-generated log message.</summary>
    public static IEnumerable<(int Id, string File, string Level, string Message)> AllLogEvents() =>
        from file in Repository.Files("src", ".cs")
        from Match message in LogMessage().Matches(Repository.Read(file))
        select (int.Parse(message.Groups["id"].Value, System.Globalization.CultureInfo.InvariantCulture), file, message.Groups["level"].Value,
            string.Concat(Literal().Matches(message.Groups["text"].Value).Select(m => m.Groups["text"].Value)).Replace("\\\"", "\"", StringComparison.Ordinal));

    /// <summary>Every instrument of every meter, by the name Prometheus has for it.</summary>
    public static string Metrics()
    {
        var table = new StringBuilder("| metric | kind | from | what |\n|---|---|---|---|\n");
        foreach (var (name, kind, file, text) in AllInstruments().OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{name}` | {kind} | `{Path.GetDirectoryName(file)!.Replace('\\', '/')}` | {text} |\n");
        }

        return table.ToString();
    }

    /// <summary>Name for Prometheus, kind, file and description of every instrument.</summary>
    public static IEnumerable<(string Name, string Kind, string File, string Text)> AllInstruments() =>
        from file in Repository.Files("src", ".cs")
        from Match instrument in Instrument().Matches(Repository.Read(file))
        let kind = instrument.Groups["kind"].Value.ToLowerInvariant()
        let unit = instrument.Groups["unit"].Value == "s" ? "_seconds" : ""
        select (instrument.Groups["name"].Value.Replace('.', '_') + unit + (kind == "counter" ? "_total" : ""), kind, file, instrument.Groups["text"].Value);

    /// <summary>Request and response metadata.</summary>
    public static string Headers()
    {
        var table = new StringBuilder("| header | what |\n|---|---|\n");
        foreach (Match header in Constant().Matches(Repository.Read("src/Contracts/KetenHeaders.cs")).Where(h => h.Groups["name"].Value != "DecisionPrefix"))
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{header.Groups["value"].Value}` | {Text(header.Groups["comment"].Value)} |\n");
        }

        return table.ToString();
    }

    private static MatchCollection Properties(string file) => Property().Matches(Repository.Read(file).Replace("\r\n", "\n", StringComparison.Ordinal));

    private static string Default(string value) => value switch
    {
        "" or "\"\"" or "new()" => "",
        _ when TimeSpanCall().Match(value) is { Success: true } span =>
            $"{span.Groups["amount"].Value} {span.Groups["unit"].Value.ToLowerInvariant().TrimEnd(span.Groups["amount"].Value == "1" ? 's' : ' ')}",
        _ when value.StartsWith('"') => $"`{value.Trim('"')}`",
        "ObligationIds.All" => "all this version knows",
        "Identity.OrganisationTypes.Known" => "those of the register",
        _ => $"`{value}`",
    };

    /// <summary>The summary of a doc comment as Markdown.</summary>
    private static string Text(string comment)
    {
        var summary = Summary().Match(comment).Groups["text"].Value;
        summary = Regex.Replace(summary, @"\s*\n\s*///\s*", " ");
        summary = Regex.Replace(summary, "</?c>", "`");
        summary = Regex.Replace(summary, "<see cref=\"(?:[A-Za-z]+\\.)*(?<name>\\w+)\"/>", "`${name}`");
        return summary.Trim().Replace("|", "\\|", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?<comment>(?:^ +///.*\n)*)(?<attributes>(?:^ +\[.*\]\n)*)^ +public (?<required>required )?(?<type>[\w.<>?]+) (?<name>\w+) \{ get; (?:set|init); \}(?: = (?<default>.+);)?", RegexOptions.Multiline)]
    private static partial Regex Property();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?<id>\d+), LogLevel\.(?<level>\w+),\s*(?<text>""(?:[^""\\]|\\.)*""(?:\s*\+\s*""(?:[^""\\]|\\.)*"")*)\)\]")]
    private static partial Regex LogMessage();

    // Between name and unit an observable one has what it observes.
    [GeneratedRegex(@"\.Create(?:Observable)?(?<kind>Counter|Gauge|Histogram|UpDownCounter)(?:<\w+>)?\(\s*""(?<name>[\w.]+)"",.*?""(?<unit>s|By|\{\w+\})"",\s*""(?<text>[^""]*)""", RegexOptions.Singleline)]
    private static partial Regex Instrument();

    [GeneratedRegex(@"""(?<text>(?:[^""\\]|\\.)*)""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?<comment>(?:^ +///.*\n)+)^ +public const string (?<name>\w+) = ""(?<value>[^""]+)"";", RegexOptions.Multiline)]
    private static partial Regex Constant();

    [GeneratedRegex(@"^TimeSpan\.From(?<unit>\w+)\((?<amount>[\d.]+)\)$")]
    private static partial Regex TimeSpanCall();

    [GeneratedRegex("<summary>(?<text>.*?)</summary>", RegexOptions.Singleline)]
    private static partial Regex Summary();
}
