using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Keten.DecisionLog;
using Keten.Policy;
using Keten.PolicyTools;

namespace Keten.Cli.Policy;

/// <summary>What the policy commands have in common: options, exit codes, output.</summary>
internal static class Cli
{
    public const int Fine = 0;
    public const int NotAsItShould = 1;
    public const int Unusable = 2;
    public const int Stopped = 130;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object on stdout and nothing else." };

    public static Option<string?> Bundle() => new("--bundle")
    {
        Description = "The bundle to ask: a file, or a directory that holds bundle.tar.gz. Without it: the one this version was released with.", HelpName = "FILE",
    };

    public static void Print(object result) => Console.Out.WriteLine(JsonSerializer.Serialize(result, Indented));

    /// <summary>Runs a command; what was given wrongly is one line on stderr and exit code 2.</summary>
    public static void Act(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await action(parsed, cancellationToken);
            }
            catch (Exception problem) when (problem is ToolException or PolicyBundleException or DecisionLogCorruptedException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"keten policy {command.Name}: {problem.Message}");
                return Unusable;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"keten policy {command.Name}: stopped");
                return Stopped;
            }
        });

    public static void Act(this Command command, Func<ParseResult, CancellationToken, int> action) =>
        command.Act((parsed, cancellationToken) => Task.FromResult(action(parsed, cancellationToken)));
}
