using System.CommandLine;
using System.Text.Json;
using Keten.Cli.Policy;

namespace Keten.PolicyTools.Tests;

/// <summary>The commands through their real entry, in this process, with what they write and their exit code.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    private static readonly SemaphoreSlim One = new(1, 1);

    /// <summary>Output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string LastLine => Output.TrimEnd().Split('\n')[^1];

    public static Task<Run> PolicyAsync(params string[] arguments) => PolicyAsync("", arguments, TestContext.Current.CancellationToken);

    public static async Task<Run> PolicyAsync(string input, string[] arguments, CancellationToken cancellationToken)
    {
        // The console belongs to the whole process.
        await One.WaitAsync(TestContext.Current.CancellationToken);
        var (output, error, reader) = (Console.Out, Console.Error, Console.In);
        using var written = new StringWriter();
        using var complained = new StringWriter();
        using var given = new StringReader(input);
        try
        {
            Console.SetOut(written);
            Console.SetError(complained);
            Console.SetIn(given);
            var root = new RootCommand { PolicyCommand.Create() };
            var code = await root.Parse(["policy", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = written, Error = complained }, cancellationToken);
            return new Run(code, written.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            Console.SetIn(reader);
            One.Release();
        }
    }
}
