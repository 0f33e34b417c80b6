using System.CommandLine;
using Keten.Cli.Policy.Bundle;
using Spectre.Console;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy test</c>: the checks and tests of a bundle's sources, without building it.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var source = new Option<string?>("--source", "--bundle-source") { Description = "The policy directory; without it src/PolicyBundles/keten of this checkout.", HelpName = "DIR" };
        var json = Cli.Json();
        var command = new Command(
            "test",
            """
            Check and test a bundle's sources: the register against its schemas, the Rego strictly, every policy test, and that a test reaches every
            line of every rule. Errors come with file and line. Nothing is written. The first time, OPA is fetched and built (two minutes).

            Exit code 0 when all is well, 1 when a check or test fails, 2 when there is nothing to test or a tool is missing.

            Examples:
              keten policy test
              keten policy test --source /tmp/change --json
            """)
        {
            source, json,
        };
        command.Act((parsed, cancellationToken) => RunAsync(BuildScript.Source(parsed.GetValue(source)), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string directory, bool json, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var running = BuildScript.RunAsync(["--check-only", "--source", directory], lines.Add, cancellationToken);
        if (!json && !Console.IsErrorRedirected)
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            await console.Status().StartAsync("Checking and testing the policy", _ => running);
        }

        var code = await running;
        if (json)
        {
            Cli.Print(new { passed = code == Cli.Fine, output = lines });
        }
        else
        {
            lines.ForEach(Console.Out.WriteLine);
            Console.Out.WriteLine(code == Cli.Fine ? "The policy is sound." : "The policy is not sound: see above.");
        }

        return code;
    }
}
