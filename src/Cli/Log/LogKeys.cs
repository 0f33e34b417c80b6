using System.CommandLine;
using Keten.DecisionLog.Checkpoints;

namespace Keten.Cli.Log;

/// <summary>Keys as commands take them: written out, or in a file.</summary>
internal static class LogKeys
{
    public static Option<string?> Option(bool required = false) => new("--key")
    {
        Description = "The log's public key, kept elsewhere than the log: name+id+base64, or a file that holds it.", HelpName = "KEY", Required = required,
    };

    public static Option<string[]> WitnessOption() => new("--witness")
    {
        Description = "A witness's public key, or a file that holds it: it must have signed.", HelpName = "KEY", DefaultValueFactory = _ => [],
    };

    public static NoteVerifierKey Public(string text) =>
        NoteVerifierKey.TryParse(text, out var key) || (File.Exists(text) && NoteVerifierKey.TryParse(File.ReadAllText(text).TrimEnd('\n'), out key)) ? key
            : throw new CliException($"{text} is no public key and no file that holds one; expected name+id+base64, as keten log key show prints it");

    public static NoteSigningKey Private(string path)
    {
        try
        {
            return NoteSigningKey.Load(path);
        }
        catch (NoteKeyException problem)
        {
            throw new CliException(problem.Message);
        }
    }
}
