using System.Text.RegularExpressions;

namespace Keten.Conventions.Tests;

/// <summary>What every source file keeps to. A failure names file, line and what to do instead.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 400;

    private static readonly IReadOnlyList<SourceText> Sources = [.. Repository.Files("src", ".cs").Select(SourceText.Load)];
    private static readonly IReadOnlyList<SourceText> Tests = [.. Repository.Files("tests", ".cs").Select(SourceText.Load)];

    private static IEnumerable<SourceText> All => Sources.Concat(Tests);

    [Fact]
    public void Time_comes_from_the_time_provider() => Broken.None(Find(Sources, MachineTime(), "take the time from a TimeProvider"));

    [Fact]
    public void No_test_waits_by_the_clock() =>
        Broken.None(Find(Tests, Wait(), "await a condition, with a limit; where only time will do, say why", (source, line) => !source.HasReason(line)));

    [Fact]
    public void A_wait_by_the_clock_follows_the_time_provider_or_says_why() =>
        Broken.None(Find(
            Sources,
            Wait(),
            "give it a TimeProvider, or say why only time will do",
            (source, line) => !source.HasReason(line) && !WithTimeProvider().IsMatch(source.Code[line])));

    [Fact]
    public void No_exception_is_swallowed_without_a_word()
    {
        var broken =
            from source in All
            let text = string.Join('\n', source.Code)
            from Match match in EmptyCatch().Matches(text)
            let line = text.AsSpan(0, match.Index).Count('\n')
            let last = line + match.Value.Count(c => c == '\n')
            where !Enumerable.Range(line, last - line + 1).Any(l => source.Lines[l].Contains("//", StringComparison.Ordinal))
            select $"{source.File}:{line + 1}: handle the exception, let it pass, or say why nothing is to be done";

        Broken.None(broken);
    }

    [Fact]
    public void No_file_outgrows_its_reader() =>
        Broken.None(All.Where(s => s.Lines.Length > LongestFile).Select(s => $"{s.File} has {s.Lines.Length} lines, more than {LongestFile}: split it"));

    /// <summary>Enums, records and delegates may stand beside the type they belong to; what has behaviour of its own may not.</summary>
    [Fact]
    public void A_file_holds_one_public_type_and_bears_its_name()
    {
        var broken =
            from source in Sources
            let types = PublicTypes(source).ToList()
            where types.Count > 0
            let file = Path.GetFileName(source.File).Split('.')[0]
            let own = types.Where(t => t.Name == file).Take(1).ToList()
            let others = types.Except(own).Where(t => !t.Small).ToList()
            where own.Count == 0 || others.Count > 0
            select own.Count == 0
                ? $"{source.File}: none of its public types ({string.Join(", ", types.Select(t => t.Name))}) is called {file}"
                : $"{source.File}: {string.Join(", ", others.Select(t => t.Name))} wants a file of its own";

        Broken.None(broken);
    }

    [Fact]
    public void Namespaces_begin_with_Keten_and_stand_in_every_file()
    {
        var broken =
            from source in All
            let declared = source.Code.Select(l => Namespace().Match(l)).FirstOrDefault(m => m.Success)
            where declared is null ? HasType(source) : declared.Groups[1].Value.Split('.')[0] != "Keten"
            select $"{source.File}: {(declared is null ? "no namespace" : declared.Value)}";

        Broken.None(broken);
    }

    [Fact]
    public void No_file_names_a_path_of_someones_machine()
    {
        string[] endings = [".cs", ".csproj", ".props", ".targets", ".sh", ".md", ".yaml", ".yml", ".json", ".rego", ".proto", ".py", ".js", ".mjs"];
        var broken =
            from file in Repository.AllFiles
            where endings.Contains(Path.GetExtension(file), StringComparer.Ordinal)
            from line in Repository.Read(file).Split('\n').Index()
            let match = MachinePath().Match(line.Item)
            where match.Success
            select $"{file}:{line.Index + 1}: {match.Value}";

        Broken.None(broken);
    }

    private static IEnumerable<string> Find(
        IEnumerable<SourceText> sources, Regex pattern, string remedy, Func<SourceText, int, bool>? unless = null) =>
        from source in sources
        from line in Enumerable.Range(0, source.Code.Length)
        where pattern.IsMatch(source.Code[line]) && (unless is null || unless(source, line))
        select $"{source.File}:{line + 1}: {source.Lines[line].Trim()}: {remedy}";

    private static IEnumerable<(string Name, bool Small)> PublicTypes(SourceText source) =>
        from line in source.Code
        let match = PublicType().Match(line)
        where match.Success
        let kind = match.Groups["kind"].Value
        select (match.Groups["name"].Value, kind is "enum" or "delegate" || kind.StartsWith("record", StringComparison.Ordinal));

    private static bool HasType(SourceText source) => source.Code.Any(l => AnyType().IsMatch(l)) && Path.GetFileName(source.File) != "Program.cs";

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(UtcNow|Now|Today)\b")]
    private static partial Regex MachineTime();

    [GeneratedRegex(@"\b(Thread\s*\.\s*Sleep|Task\s*\.\s*Delay)\b")]
    private static partial Regex Wait();

    // The delay, the provider, and maybe a token.
    [GeneratedRegex(@"\bTask\s*\.\s*Delay\([^;]*,\s*_?(time|clock|timeProvider)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WithTimeProvider();

    [GeneratedRegex(@"\bcatch\b\s*(\((?>[^()]+|\([^()]*\))*\)\s*)?(when\s*\((?>[^()]+|\((?>[^()]+|\([^()]*\))*\))*\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();

    // Not after a letter or a variable: $work/root/usr is no one's.
    [GeneratedRegex(@"(?<![\w}.~*]|\w"")/(work|root|home/\w+)/\w|[A-Z]:\\\\?Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^public\s+((static|sealed|abstract|readonly|ref|partial|unsafe)\s+)*(?<kind>class|record\s+struct|record\s+class|record|struct|interface|enum|delegate)\s+(?<name>\w+)")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^\s*(\w+\s+)*(class|record|struct|interface|enum)\s+\w+")]
    private static partial Regex AnyType();
}
