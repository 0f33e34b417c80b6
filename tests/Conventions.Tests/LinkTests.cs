using System.Text.RegularExpressions;

namespace Keten.Conventions.Tests;

/// <summary>A page may only point at what is there.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages => [.. Repository.AllFiles.Where(f => f.EndsWith(".md", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_of_the_repository(string page) => Broken.None(
        from Match link in Link().Matches(WithoutCode(Repository.Read(page)))
        let target = link.Groups["target"].Value
        where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        let fault = Fault(page, target)
        where fault is not null
        select $"{page}: [{link.Groups["text"].Value}]({target}): {fault}");

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_path_that_is_named_is_there(string page) => Broken.None(
        from Match path in NamedPath().Matches(WithoutBlocks(Repository.Read(page)))
        let name = path.Groups["path"].Value.TrimEnd('/')
        where !Exists(name)
        select $"{page}: `{name}` is not there");

    private static string? Fault(string page, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? page : Relative(page, parts[0]);
        if (!Exists(file))
        {
            return "there is no such file";
        }

        return parts.Length == 1 || !file.EndsWith(".md", StringComparison.Ordinal) || Anchors(file).Contains(parts[1], StringComparer.Ordinal)
            ? null : "that page has no such heading";
    }

    private static bool Exists(string path) => Repository.AllFiles.Any(f => f == path || f.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal));

    private static string Relative(string page, string target) => Path.GetRelativePath(
        Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page) ?? "", target)).Replace('\\', '/');

    /// <summary>Headings as GitHub and GitLab make anchors of them.</summary>
    private static IEnumerable<string> Anchors(string file) => Heading().Matches(WithoutBlocks(Repository.Read(file)))
        .Select(h => Regex.Replace(h.Groups["text"].Value.Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'));

    private static string WithoutBlocks(string text) => Block().Replace(text, "");

    private static string WithoutCode(string text) => Regex.Replace(WithoutBlocks(text), "`[^`\n]*`", "`code`");

    [GeneratedRegex(@"\[(?<text>[^\]\n]*)\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>(?:src|docs|eng|tests|proto)/[\w./-]+)`")]
    private static partial Regex NamedPath();

    [GeneratedRegex("^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
