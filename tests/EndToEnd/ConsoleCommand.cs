namespace Keten.EndToEnd;

/// <summary>A command in a <c>console</c> block of a page, with the lines that stand under it: each is a part of what it prints, or its exit code.</summary>
internal sealed record ConsoleCommand(int Number, int Line, string Text, IReadOnlyList<string> Expected)
{
    private const string ExitCode = "exit code ";

    public static IReadOnlyList<ConsoleCommand> In(IReadOnlyList<string> page)
    {
        var commands = new List<ConsoleCommand>();
        List<string>? expected = null;
        var inside = false;
        for (var i = 0; i < page.Count; i++)
        {
            if (page[i].StartsWith("```", StringComparison.Ordinal))
            {
                inside = page[i] == "```console";
                expected = null;
            }
            else if (inside && page[i].StartsWith("$ ", StringComparison.Ordinal))
            {
                expected = [];
                commands.Add(new ConsoleCommand(commands.Count, i + 1, page[i][2..], expected));
            }
            else if (inside)
            {
                Assert.True(expected is not null, $"line {i + 1} stands under no command");
                expected.Add(page[i]);
            }
        }

        return commands;
    }

    /// <summary>Braces and no subshell: a variable it sets is there for the next.</summary>
    public string Script() => $"{{ {Text}\n}} > .out-{Number} 2>&1 < /dev/null; echo $? > .code-{Number}\n";

    public IEnumerable<string> Faults(string directory)
    {
        var output = Read(directory, "out");
        var code = Read(directory, "code").Trim();
        var wanted = Expected.FirstOrDefault(line => line.StartsWith(ExitCode, StringComparison.Ordinal))?[ExitCode.Length..] ?? "0";
        var missing = Expected.Where(line => !line.StartsWith(ExitCode, StringComparison.Ordinal) && !output.Contains(line, StringComparison.Ordinal)).ToList();
        if (code != wanted || missing.Count > 0)
        {
            yield return $"line {Line}: {Text}\n  exit code {code}, expected {wanted}; not there: {string.Join(" | ", missing)}\n  it said: {output}";
        }
    }

    private string Read(string directory, string what)
    {
        var path = Path.Combine(directory, $".{what}-{Number}");
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }
}
