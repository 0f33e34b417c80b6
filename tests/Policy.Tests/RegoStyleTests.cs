using System.Text.RegularExpressions;
using Keten.TestKit;

namespace Keten.Policy.Tests;

/// <summary>
/// Regal is not to be had from the registries here. What of its rules `opa fmt` and `opa check --strict` do not hold, and can be held by reading
/// the text, is held here under Regal's names, so that Regal finds little to say the day it can be run.
/// </summary>
public sealed partial class RegoStyleTests
{
    private static readonly string Policy = Path.Combine(Repository.Root, "src/PolicyBundles/keten");

    private static readonly string Config = File.ReadAllText(Path.Combine(Repository.Root, ".regal/config.yaml"));
    private static readonly int LongestLine = Setting("max-line-length");
    private static readonly int LongestFile = Setting("max-file-length");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Policy, "*.rego", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Policy, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_keeps_the_rules_of_style(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Policy, file));
        var faults = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var (line, number) = (lines[i], i + 1);
            var code = Comment().Replace(Strings().Replace(line, "\"\""), "");
            Check(line.Length > LongestLine, "line-length", $"{line.Length} characters; at most {LongestLine}");
            Check(TodoComment().IsMatch(line), "todo-comment", "an issue is the place for it");
            Check(PrintOrTrace().IsMatch(code), "print-or-trace-call", "not in what is shipped or checked in");
            Check(OldImport().IsMatch(code), "rego-v1", "the Rego here is v1 without imports for it");
            Check(RedundantImport().IsMatch(code), "redundant-data-import", "import what is used of it");
            Check(PatternInQuotes().IsMatch(line), "non-raw-regex-pattern", "write patterns between backticks");
            Check(RuleName().Match(code) is { Success: true } rule && !SnakeCase().IsMatch(rule.Groups[1].Value), "prefer-snake-case", "a rule's name is lower case with underscores");

            void Check(bool broken, string name, string why)
            {
                if (broken)
                {
                    faults.Add($"src/PolicyBundles/keten/{file}:{number}: {name}: {why}");
                }
            }
        }

        var text = string.Join('\n', lines);
        var package = Package().Match(text).Groups[1].Value;
        var isTest = file.EndsWith("_test.rego", StringComparison.Ordinal);
        var expected = "keten." + Path.GetDirectoryName(file)!.Replace('/', '.') + (isTest ? "_test" : "");
        Add(lines.Length <= LongestFile, $"file-length: {lines.Length} lines; at most {LongestFile}");
        Add(package == expected, $"directory-package-mismatch: package {package}; expected {expected}");
        Add(isTest || !TestRule().IsMatch(text), "test-outside-test-package: a test stands in a file that ends in _test.rego");
        Add(!isTest || TestRule().IsMatch(text), "file-missing-test-suffix: no test in a file of tests");
        Assert.True(faults.Count == 0, string.Join('\n', faults));

        void Add(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add($"src/PolicyBundles/keten/{file}:1: {fault}");
            }
        }
    }

    /// <summary>Who asks the policy something finds what it answers where it is defined (no-defined-entrypoint, missing-metadata).</summary>
    [Theory]
    [InlineData("access/decision.rego", "decision")]
    [InlineData("matching/level.rego", "level")]
    public void Every_entry_point_says_what_it_is(string file, string rule)
    {
        var text = File.ReadAllText(Path.Combine(Policy, file)).ReplaceLineEndings("\n");
        Assert.Matches(@"^# METADATA\n(# .*\n)*?# description: (.*\n)(# .*\n)*", text[text.IndexOf("# METADATA", StringComparison.Ordinal)..]);
        Assert.Matches($@"# METADATA\n(# .*\n)*# entrypoint: true\n(# .*\n)*(default )?{rule}\b", text);
        Assert.Contains("# schemas:", text, StringComparison.Ordinal);
    }

    private static int Setting(string name) => int.Parse(Regex.Match(Config, name + @":\s*(\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")]
    private static partial Regex Strings();

    [GeneratedRegex("#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"#.*\b(TODO|FIXME|XXX)\b", RegexOptions.IgnoreCase)]
    private static partial Regex TodoComment();

    [GeneratedRegex(@"(?<![\w.])(print|trace)\(")]
    private static partial Regex PrintOrTrace();

    [GeneratedRegex(@"^import (rego\.v1|future\.)")]
    private static partial Regex OldImport();

    [GeneratedRegex(@"^import data\s*$")]
    private static partial Regex RedundantImport();

    [GeneratedRegex("regex\\.\\w+\\(\"")]
    private static partial Regex PatternInQuotes();

    [GeneratedRegex(@"^(?:default )?([A-Za-z_]\w*)\b(?=[\s(\[:]|$)(?<!^package)(?<!^import)")]
    private static partial Regex RuleName();

    [GeneratedRegex("^[a-z_][a-z0-9_]*$")]
    private static partial Regex SnakeCase();

    [GeneratedRegex(@"^package ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Package();

    [GeneratedRegex(@"^test_\w+", RegexOptions.Multiline)]
    private static partial Regex TestRule();
}
