using System.Text;
using System.Text.RegularExpressions;
using Keten.TestKit;

namespace Keten.PolicyTools.Tests;

/// <summary>Does what docs/privacy-officer.md says, in its order, on a copy of the sources, and compares what it shows.</summary>
public sealed partial class DocumentationTests : IDisposable
{
    private readonly Sources _sources = new();

    public void Dispose() => _sources.Dispose();

    [Fact]
    public async Task The_page_for_privacy_officers_can_be_followed_to_the_letter()
    {
        var page = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/privacy-officer.md"), TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var (edits, commands) = (0, 0);
        foreach (Match block in Block().Matches(page))
        {
            if (block.Groups["kind"].Value == "diff")
            {
                edits++;
                await EditAsync(block.Groups["text"].Value);
                continue;
            }

            foreach (var (command, shown) in Commands(block.Groups["text"].Value))
            {
                commands++;
                var output = await RunAsync(command);
                Assert.True(shown.Length == 0 || WithoutRevisions(shown) == WithoutRevisions(output), $"{command}\nthe page shows\n{shown}\nit gives\n{output}");
            }
        }

        Assert.Equal((4, 16), (edits, commands));
    }

    private async Task EditAsync(string diff)
    {
        var (code, output) = await Sources.BashAsync(_sources.Policy, $"git apply --recount -C1 '{_sources.Write("edit.diff", diff)}'");
        Assert.True(code == 0, output + diff);
    }

    private async Task<string> RunAsync(string command)
    {
        var here = command.Replace("/tmp/", _sources.Root + "/", StringComparison.Ordinal).Replace("src/PolicyBundles/keten", _sources.Policy, StringComparison.Ordinal);
        if (here.StartsWith("./keten policy ", StringComparison.Ordinal))
        {
            var run = await Run.PolicyAsync(here["./keten policy ".Length..].Split(' '));
            Assert.True(run.ExitCode is 0 || (run.ExitCode == 1 && here.Contains(" diff embedded ", StringComparison.Ordinal)), $"{command}: exit code {run.ExitCode}\n{run.Output}{run.Error}");
            return run.Output;
        }

        Assert.Contains(here.Split(' ')[0], new[] { "eng/build-bundle.sh", "openssl" });
        var (code, output) = await Sources.BashAsync(Repository.Root, here.StartsWith("openssl", StringComparison.Ordinal) ? here : $"{here} --source {_sources.Policy}");
        Assert.True(code == 0, output);
        return output;
    }

    private static IEnumerable<(string Command, string Shown)> Commands(string block)
    {
        string? command = null;
        var shown = new StringBuilder();
        foreach (var line in block.TrimEnd('\n').Split('\n').Append("$ "))
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                if (command is not null)
                {
                    yield return (command, shown.ToString().TrimEnd());
                }

                command = line[2..];
                shown.Clear();
            }
            else
            {
                shown.Append(line).Append('\n');
            }
        }
    }

    // The revision names every byte of the bundle, so it changes with any edit anywhere; the counts of the test run do so as well.
    private static string WithoutRevisions(string text) =>
        Counts().Replace(Revision().Replace(text.TrimEnd(), "<revision>"), "<count> tests pass; they reach all <count> lines");

    [GeneratedRegex(@"^```(?<kind>console|diff)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\b[0-9a-f]{16}\b")]
    private static partial Regex Revision();

    [GeneratedRegex(@"\d+ tests pass; they reach all \d+ lines")]
    private static partial Regex Counts();
}
