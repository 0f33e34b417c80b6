using System.CommandLine;
using Keten.DecisionLog;
using Keten.DecisionLog.Checkpoints;
using Keten.Protocol.V1;

namespace Keten.Cli.Log;

/// <summary><c>keten log prove</c>: a file by which anybody can check one decision.</summary>
internal static class ProveCommand
{
    public static Command Create()
    {
        var decision = new Argument<string>("DECISION_ID") { Description = "Id of the decision, as in the log, the answer's headers and the adapter's record." };
        var directory = new Option<string>("--dir") { Description = "The directory of a gateway's decision log.", Required = true, HelpName = "DIR" };
        var outcome = new Option<bool>("--outcome") { Description = "Prove the record of how it ended, instead of the decision itself." };
        var output = new Option<string?>("-o", "--out") { Description = "The file to write; without it DECISION_ID.tlog-proof. What the record tells of a person is sealed in it, as on the log.", HelpName = "FILE" };
        var json = Cli.Json();
        var command = new Command("prove", "Write a proof that a decision is on the log, to be checked without it: keten log check.") { decision, directory, outcome, output, json };
        command.Act((parsed, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(decision);
            var proof = RecordProof.Make(parsed.GetRequiredValue(directory), Find(parsed.GetRequiredValue(directory), id, parsed.GetValue(outcome), cancellationToken));
            var path = parsed.GetValue(output) ?? id + ".tlog-proof";
            File.WriteAllText(path, proof.ToString());
            if (parsed.GetValue(json))
            {
                Cli.Print(new { file = path, index = proof.Index, hashes = proof.Path.Count, signatures = proof.Note.Signatures.Select(s => s.Name) });
            }
            else
            {
                Console.Out.WriteLine($"{path}: record {proof.Index}, {proof.Path.Count} hashes, checkpoint signed by {string.Join(", ", proof.Note.Signatures.Select(s => s.Name))}\nCheck it with: keten log check {path} --key KEY");
            }

            return Cli.Fine;
        });
        return command;
    }

    private static DecisionLogEntry Find(string directory, string id, bool outcome, CancellationToken cancellationToken)
    {
        foreach (var entry in DecisionLogReader.ReadEntries(directory, openSubjects: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((outcome ? entry.Record.Outcome?.DecisionId : entry.Record.Decision?.DecisionId) == id)
            {
                return entry;
            }
        }

        throw new CliException($"there is no {(outcome ? "outcome of a decision" : "decision")} {id} in {directory}");
    }
}
