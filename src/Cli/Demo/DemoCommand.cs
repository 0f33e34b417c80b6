using System.CommandLine;
using System.Text.Json;
using Keten.Demo;
using Spectre.Console;

namespace Keten.Cli.Demo;

/// <summary><c>keten demo</c>: plays a scenario through a whole federation on this machine.</summary>
internal static class DemoCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var scenario = new Option<string>("--scenario") { Description = "A scenario file, or the start of an embedded one's name.", DefaultValueFactory = _ => "01", HelpName = "FILE" };
        var once = new Option<bool>("--once") { Description = "Stop after the story. Without it, on a terminal, the federation stays up until Ctrl-C so that you can look around." };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout and nothing else; exit code 0 only when every step was as expected." };
        var list = new Option<bool>("--list") { Description = "List the embedded scenarios." };
        var verbose = new Option<bool>("--verbose") { Description = "The hosts' own logs, on stderr." };
        var logDirectory = new Option<DirectoryInfo>("--log-dir") { Description = "Keep the gateway's decision log here.", HelpName = "DIR" };
        var command = new Command("demo", "Real organisations exchange real data on this machine: mTLS, gRPC, policy, Kafka, SQL databases. Needs nothing installed.")
        {
            scenario, once, json, list, verbose, logDirectory,
        };
        command.Act(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(list))
            {
                List();
                return Cli.Fine;
            }

            var options = new DemoOptions(
                parsed.GetValue(json), parsed.GetValue(once) || Console.IsInputRedirected || Console.IsOutputRedirected, parsed.GetValue(verbose),
                parsed.GetValue(logDirectory)?.FullName);
            return await RunAsync(Scenario.Load(parsed.GetRequiredValue(scenario)), options, cancellationToken);
        });
        return command;
    }

    private static void List()
    {
        foreach (var path in Scenario.Embedded)
        {
            var scenario = Scenario.Load(path);
            Console.Out.WriteLine($"{Path.GetFileNameWithoutExtension(path),-42} {scenario.Title}");
        }
    }

    private static async Task<int> RunAsync(Scenario scenario, DemoOptions options, CancellationToken cancellationToken)
    {
        var story = options.Json ? null : new Story(scenario, AnsiConsole.Console);
        story?.Open();
        await using var federation = await Federation.StartAsync(scenario, options.LogDirectory, options.Verbose, cancellationToken);
        story?.Started(federation);

        var player = new ScenarioPlayer(scenario, federation);
        var steps = new List<StepResult>();
        await foreach (var step in player.PlayAsync(cancellationToken))
        {
            steps.Add(step);
            story?.Tell(step);
        }

        await player.SettleAsync(cancellationToken);
        var report = new DemoReport(scenario, steps, player.CountDecisions());
        if (story is null)
        {
            Console.Out.WriteLine(report.ToJson().ToJsonString(Indented));
        }
        else
        {
            if (await DemoInspection.AskAsync(scenario, federation, player, cancellationToken) is { } answer)
            {
                story.TellPerson(answer);
            }

            story.Close(report, federation, options.LogDirectory);
            if (!options.Once)
            {
                await StayAsync(federation, cancellationToken);
            }
        }

        return report.Ok ? 0 : 1;
    }

    private static async Task StayAsync(Federation federation, CancellationToken cancellationToken)
    {
        AnsiConsole.MarkupLineInterpolated($"[grey]The gateway stays up at {federation.GatewayAddress}; its decision log is in {federation.DecisionLogDirectory}. Ctrl-C stops.[/]");
        var stopped = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
    }

    private sealed record DemoOptions(bool Json, bool Once, bool Verbose, string? LogDirectory);
}
