using System.CommandLine;
using Keten.DecisionLog.Checkpoints;

namespace Keten.Cli.Log;

/// <summary><c>keten log key</c>: the keys with which logs and witnesses sign.</summary>
internal static class KeyCommand
{
    public static Command Create() => new("key", "The key that signs a log's checkpoints, or countersigns them as a witness.") { New(), Show() };

    private static Command New()
    {
        var name = new Option<string>("--name")
        {
            Description = "Name of the log, once and for ever: a host name and path, for instance gateway.keten.example/decisions. A witness: its own name.", Required = true,
        };
        var output = new Option<string>("--out") { Description = "The key file to make; mode 0600. Never overwrites one.", Required = true, HelpName = "FILE" };
        var witness = new Option<bool>("--witness") { Description = "For a participant that countersigns, instead of for a log." };
        var json = Cli.Json();
        var command = new Command("new", "Make a key. One key signs one log: a new log directory gets a new key and a new name.") { name, output, witness, json };
        command.Act((parsed, _) =>
        {
            var path = parsed.GetRequiredValue(output);
            if (File.Exists(path))
            {
                throw new CliException($"{path} exists, and is not overwritten: what it signed could not be continued.");
            }

            var type = parsed.GetValue(witness) ? NoteKeyType.Witness : NoteKeyType.Log;
            var key = NoteSigningKey.Create(path, CheckName(parsed.GetRequiredValue(name)), type);
            File.WriteAllText(path + NoteVerifierKey.FileSuffix, key.Verifier + "\n");
            Tell(parsed.GetValue(json), path, key.Verifier, $"""
                Key file     {path}
                Public key   {key.Verifier}   (also in {path}{NoteVerifierKey.FileSuffix})
                Next         {(type == NoteKeyType.Log ? "Gateway:DecisionLog:SigningKey = the key file; give the public key to who verifies, and to witnesses"
                    : "Adapter:Witness:SigningKey = the key file; give the public key to the gateway's operator, for Gateway:DecisionLog:Witnesses")}
                """);
            return Cli.Fine;
        });
        return command;
    }

    private static Command Show()
    {
        var file = new Argument<string>("FILE") { Description = "A key file." };
        var json = Cli.Json();
        var command = new Command("show", "Print the public key of a key file.") { file, json };
        command.Act((parsed, _) =>
        {
            var key = LogKeys.Private(parsed.GetRequiredValue(file));
            Tell(parsed.GetValue(json), parsed.GetRequiredValue(file), key.Verifier, key.Verifier.ToString());
            return Cli.Fine;
        });
        return command;
    }

    private static void Tell(bool json, string path, NoteVerifierKey key, string text)
    {
        if (json)
        {
            Cli.Print(new { keyFile = path, publicKey = key.ToString(), name = key.Name, witness = key.Type == NoteKeyType.Witness });
        }
        else
        {
            Console.Out.WriteLine(text);
        }
    }

    private static string CheckName(string name) => name.Length > 0 && !name.Any(c => c == '+' || char.IsWhiteSpace(c) || char.IsControl(c)) ? name
        : throw new CliException("--name: not empty, no white space and no plus; for instance gateway.keten.example/decisions");
}
