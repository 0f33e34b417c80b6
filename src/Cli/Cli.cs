using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using Grpc.Core;
using Keten.Bench.Rig;
using Keten.DecisionLog;
using Keten.Demo;
using Keten.Events;
using Keten.Events.Operation;
using Keten.Identity;
using Keten.Policy;
using Keten.PolicyTools;

namespace Keten.Cli;

/// <summary>What all commands have in common: exit codes, JSON, and one line on stderr for what went wrong.</summary>
internal static class Cli
{
    /// <summary>Done, and as it should be.</summary>
    public const int Fine = 0;

    /// <summary>Done, and something was found: a refusal, a difference, a lag.</summary>
    public const int NotAsItShould = 1;

    /// <summary>What was given cannot be used, or who was asked does not answer.</summary>
    public const int Unusable = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Stopped = 130;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object on stdout and nothing else." };

    public static Option<bool> DryRun(string what) => new("--dry-run") { Description = what };

    public static void Print(object result) => Console.Out.WriteLine(JsonSerializer.Serialize(result, Indented));

    /// <summary>What a command does; what it cannot is one line on stderr.</summary>
    public static void Act(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                // Not on the thread that prompts: a long step must not hold up Ctrl-C.
                return await Task.Run(() => action(parsed, cancellationToken), cancellationToken);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"{FullName(command)}: stopped");
                return Stopped;
            }
            catch (Exception problem) when (WayOut(problem) is { } text)
            {
                await Console.Error.WriteLineAsync($"{FullName(command)}: {text}");
                return Unusable;
            }
        });

    public static void Act(this Command command, Func<ParseResult, CancellationToken, int> action) =>
        command.Act((parsed, cancellationToken) => Task.FromResult(action(parsed, cancellationToken)));

    /// <summary>What to tell; null for what is a fault of ours and shows where it came from.</summary>
    private static string? WayOut(Exception problem) => problem switch
    {
        KafkaException broker => $"the broker: {broker.Error.Reason}. Is it there, does it trust your certificate, and may you do this (keten events acl)?",
        RpcException refused => refused.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason is { } reason
            ? $"{reason}: {refused.Status.Detail}" : $"no answer ({refused.StatusCode}): check the address, and that it runs",
        CliException or ToolException or ScenarioException or RigException or GroupAtWorkException or TooFewBrokersException or PolicyBundleException or PolicyUnavailableException
            or DecisionLogCorruptedException or FederationFileException or IOException or UnauthorizedAccessException or InvalidDataException => problem.Message,
        _ => null,
    };

    private static string FullName(Command command) =>
        command is RootCommand || command.Parents.OfType<Command>().FirstOrDefault() is not { } parent ? "keten"
        : $"{FullName(parent)} {command.Name}";
}
