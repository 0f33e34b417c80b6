using System.CommandLine;
using System.Text.Json;
using Keten.Cli.Log;

namespace Keten.LogTools.Tests;

/// <summary>The commands through their real entry, in this process, with what they write and their exit code. Many may run at the same time.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    /// <summary>Output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Output as JSON lines.</summary>
    public List<JsonElement> JsonLines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public static Task<Run> LogAsync(params string[] arguments) => LogAsync(arguments, TestContext.Current.CancellationToken);

    public static async Task<Run> LogAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var console = OwnConsole.Open("");
        var root = new RootCommand { LogCommand.Create() };
        var code = await root.Parse(["log", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = Console.Out, Error = Console.Error }, cancellationToken);
        return new Run(code, console.Written, console.Complained);
    }
}
