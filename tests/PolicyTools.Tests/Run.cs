using System.CommandLine;
using System.Text.Json;
using Keten.Cli.Policy;
using Keten.TestKit;

namespace Keten.PolicyTools.Tests;

/// <summary>The commands through their real entry, in this process, with what they write and their exit code. Many may run at the same time.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    /// <summary>Output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string LastLine => Output.TrimEnd().Split('\n')[^1];

    public static Task<Run> PolicyAsync(params string[] arguments) => PolicyAsync("", arguments, TestContext.Current.CancellationToken);

    public static async Task<Run> PolicyAsync(string input, string[] arguments, CancellationToken cancellationToken)
    {
        using var console = OwnConsole.Open(input);
        var root = new RootCommand { PolicyCommand.Create() };
        var code = await root.Parse(["policy", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = Console.Out, Error = Console.Error }, cancellationToken);
        return new Run(code, console.Written, console.Complained);
    }
}
