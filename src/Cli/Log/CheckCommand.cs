using System.CommandLine;
using Google.Protobuf;
using Keten.DecisionLog.Checkpoints;

namespace Keten.Cli.Log;

/// <summary><c>keten log check</c>: whether a proof holds. Needs the public key, and nothing else: no log, no network.</summary>
internal static class CheckCommand
{
    private static readonly JsonFormatter Readable = new(JsonFormatter.Settings.Default.WithIndentation());

    public static Command Create()
    {
        var file = new Argument<string>("PROOF") { Description = "A file made by keten log prove." };
        var directory = new Option<string?>("--dir") { Description = "The log itself, where you may read its keys: opens what the record tells of a person. Without it that part stays sealed.", HelpName = "DIR" };
        var (key, witness, json) = (LogKeys.Option(required: true), LogKeys.WitnessOption(), Cli.Json());
        var command = new Command("check", "Check a proof, offline, and print the record it proves. Exit code 1: it does not hold.") { file, key, witness, directory, json };
        command.Act((parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            var fault = Check(File.ReadAllText(path), LogKeys.Public(parsed.GetRequiredValue(key)!), parsed.GetRequiredValue(witness), parsed.GetValue(directory), out var proof, out var record);
            if (parsed.GetValue(json))
            {
                Cli.Print(new { holds = fault is null, fault, index = fault is null ? proof?.Index : null, signedBy = fault is null ? proof?.Note.Signatures.Select(s => s.Name) : null, record = fault is null && record is not null ? System.Text.Json.JsonDocument.Parse(record).RootElement : (object?)null });
            }
            else if (fault is not null)
            {
                // Not one word of a record that nobody vouches for.
                Console.Out.WriteLine($"✗ The proof does not hold: {fault}.");
            }
            else
            {
                var checkpoint = proof!.Note.Text.Split('\n');
                Console.Out.WriteLine($"✓ This is record {proof.Index} of {checkpoint[0]}, as it stood when it had {checkpoint[1]} records.\n{record}");
            }

            return fault is null ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static string? Check(string text, NoteVerifierKey key, string[] witnesses, string? directory, out RecordProof? proof, out string? record)
    {
        record = null;
        if (!RecordProof.TryParse(text, out proof))
        {
            return "the file is no proof, or was changed";
        }

        if (proof.FaultBy(key) is { } fault)
        {
            return fault;
        }

        foreach (var witness in witnesses.Select(LogKeys.Public))
        {
            if (proof.Note.JudgedBy(witness) != NoteVerdict.Signed)
            {
                return $"its checkpoint is not signed by witness {witness.Name}";
            }
        }

        try
        {
            record = Readable.Format(proof.Read(directory));
            return null;
        }
        catch (InvalidProtocolBufferException)
        {
            return "what it proves is no record of a decision log";
        }
    }
}
