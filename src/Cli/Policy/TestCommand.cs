using System.CommandLine;
using System.Diagnostics;
using Keten.PolicyTools;
using Spectre.Console;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy test</c>: the checks and tests of a bundle's sources, without building it.</summary>
internal static class TestCommand
{
    private const string Script = "eng/build-bundle.sh";

    public static Command Create()
    {
        var source = new Option<string?>("--bundle-source") { Description = "The policy directory; without it src/PolicyBundles/keten of this checkout.", HelpName = "DIR" };
        var json = Cli.Json();
        var command = new Command(
            "test",
            """
            Check and test a bundle's sources: the register against its schemas, the Rego strictly, every policy test, and that a test reaches every
            line of every rule. Errors come with file and line. Nothing is written. The first time, OPA is fetched and built (two minutes).

            Exit code 0 when all is well, 1 when a check or test fails, 2 when there is nothing to test or a tool is missing.

            Examples:
              keten policy test
              keten policy test --bundle-source /tmp/change
            """)
        {
            source, json,
        };
        command.Act(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(source);
            if (directory is not null && !Directory.Exists(Path.Combine(directory, "data")))
            {
                throw new ToolException($"{directory}: is no policy directory; expected one with data/, access/ and tests/, as src/PolicyBundles/keten");
            }

            return await RunAsync(directory, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string? directory, bool json, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = Root(), RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in directory is null ? [Script, "--check-only"] : new[] { Script, "--check-only", "--source", Path.GetFullPath(directory) })
        {
            start.ArgumentList.Add(argument);
        }

        var lines = new List<string>();
        using var process = Process.Start(start) ?? throw new ToolException("bash cannot be started; it is needed to run " + Script);
        try
        {
            var reading = Task.WhenAll(ReadAsync(process.StandardError), ReadAsync(process.StandardOutput));
            if (json || Console.IsErrorRedirected)
            {
                await Task.WhenAll(reading, process.WaitForExitAsync(cancellationToken));
            }
            else
            {
                var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
                await console.Status().StartAsync("Checking and testing the policy", _ => Task.WhenAll(reading, process.WaitForExitAsync(cancellationToken)));
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (json)
        {
            Cli.Print(new { passed = process.ExitCode == 0, output = lines });
        }
        else
        {
            lines.ForEach(Console.Out.WriteLine);
            Console.Out.WriteLine(process.ExitCode == 0 ? "The policy is sound." : "The policy is not sound: see above.");
        }

        return process.ExitCode switch { 0 => Cli.Fine, 1 => Cli.NotAsItShould, _ => Cli.Unusable };

        async Task ReadAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                lock (lines)
                {
                    lines.Add(line);
                }
            }
        }
    }

    /// <summary>The checkout: where the keten script says, or above the current directory, or above this program.</summary>
    private static string Root()
    {
        foreach (var start in new[] { Environment.GetEnvironmentVariable("KETEN_ROOT"), Environment.CurrentDirectory, AppContext.BaseDirectory }.OfType<string>())
        {
            for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, Script)))
                {
                    return directory.FullName;
                }
            }
        }

        throw new ToolException($"{Script} was not found: run this in a checkout of KetenGateway, where the policy's sources are");
    }
}
