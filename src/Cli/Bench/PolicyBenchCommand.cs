using System.CommandLine;
using Keten.Policy;

namespace Keten.Cli.Bench;

/// <summary><c>keten bench policy</c>.</summary>
internal static class PolicyBenchCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout." };
        var decisions = new Option<int>("--decisions") { Description = "How many decisions to time.", DefaultValueFactory = _ => 100_000 };
        var bundle = new Option<string?>("--bundle") { Description = "Bundle file; absent: the one of this version." };
        var command = new Command("policy", "Time per decision of the embedded policy engine, with the register's real size: p50 and p99.") { json, decisions, bundle };
        command.Act(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(decisions) is < 1000 or > 10_000_000)
            {
                throw new CliException("--decisions: expected 1000 to 10000000.");
            }

            using var engine = new WasmPolicyEngine(parsed.GetValue(bundle) is { } path ? PolicyBundle.Load(path) : PolicyBundle.Embedded());
            var result = await PolicyBench.RunAsync(engine, PolicyBenchQuestions.All, parsed.GetValue(decisions), cancellationToken);
            var questions = PolicyBenchQuestions.All.Count;
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PolicyBench.Json(result, questions) : PolicyBench.Text(result, questions));
            return Cli.Fine;
        });
        return command;
    }
}
