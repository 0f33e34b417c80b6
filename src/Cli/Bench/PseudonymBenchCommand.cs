using System.CommandLine;
using System.Text.Json;

namespace Keten.Cli.Bench;

/// <summary><c>keten bench pseudonyms</c>.</summary>
internal static class PseudonymBenchCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout." };
        var batch = new Option<int>("--batch") { Description = "Numbers in one call.", DefaultValueFactory = _ => 1_000 };
        var rounds = new Option<int>("--rounds") { Description = "How many batches to time.", DefaultValueFactory = _ => 5 };
        var command = new Command("pseudonyms", "Pseudonyms per second: an evaluator on one core, a caller on one core, and two evaluators with a caller over mTLS on this machine.") { json, batch, rounds };
        command.Act(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(batch) is < 1 or > 1_000 || parsed.GetValue(rounds) is < 1 or > 1_000)
            {
                throw new CliException("--batch and --rounds: expected 1 to 1000.");
            }

            var result = await PseudonymBench.RunAsync(parsed.GetValue(batch), parsed.GetValue(rounds), cancellationToken);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(result, JsonSerializerOptions.Web) : $"""
                Pseudonyms per second, batches of {result.Batch:N0}, {result.Cores} cores

                  evaluator, one core   {result.EvaluatePerCore,8:N0}   parse, multiply by the share, prove
                  caller, one core      {result.CallerPerCore,8:N0}   of which: derive and blind {result.BlindPerCore:N0}, verify one evaluator {result.VerifyPerCore:N0}, unblind and finalise {result.UnblindPerCore:N0}
                  all on this machine   {result.EndToEnd,8:N0}   caller and two evaluators over mTLS; {result.BatchSeconds:N2} s a batch, {result.BatchProcessorSeconds:N2} s of processor time
                """);
            return Cli.Fine;
        });
        return command;
    }
}
