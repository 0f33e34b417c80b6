using System.CommandLine;
using Keten.Pseudonyms;

namespace Keten.Cli.Pseudonyms;

/// <summary>New shares of the same key, by two parties of whom neither sees the other's.</summary>
internal static class RefreshCommands
{
    private static readonly Option<string> File = new("--keys") { Description = "This evaluator's key file.", Required = true, HelpName = "FILE" };
    private static readonly Option<string> Key = new("--key") { Description = "Id of the key whose shares are refreshed.", Required = true };

    public static Command Create() => new(
        "refresh", "Give both evaluators new shares of the same key (k1 + d, k2 - d): pseudonyms stay, and a stolen old share is worth nothing. begin, accept, activate at both.")
    {
        Begin(), Accept(), Activate(), Cancel(),
    };

    private static Command Begin()
    {
        var to = new Option<string>("--to") { Description = "The other evaluator's present public statement.", Required = true, HelpName = "FILE" };
        var output = new Option<string>("--out") { Description = "The sealed file for the other evaluator.", Required = true, HelpName = "FILE" };
        var command = new Command("begin", "The first party: draw d, prepare the own new share, and seal d for the other. Nothing is in use yet.") { File, Key, to, output, PseudonymCommand.Json };
        command.SetAction(parsed => Change(parsed, keys =>
        {
            var refresh = SealedRefresh.Begin(keys, parsed.GetRequiredValue(Key), PublicStatement.Load(parsed.GetRequiredValue(to)));
            System.IO.File.WriteAllText(parsed.GetRequiredValue(output), refresh.ToJson());
            return (new { key = refresh.Key, fromEpoch = refresh.FromEpoch, file = parsed.GetRequiredValue(output) },
                $"Sealed   {parsed.GetRequiredValue(output)}\nNext     the other evaluator: keten pseudonym refresh accept --keys ITS-FILE --refresh {parsed.GetRequiredValue(output)} --from THIS.public.json");
        }));
        return command;
    }

    private static Command Accept()
    {
        var from = new Option<string>("--from") { Description = "The first evaluator's public statement from before the refresh.", Required = true, HelpName = "FILE" };
        var refresh = new Option<string>("--refresh") { Description = "The sealed file.", Required = true, HelpName = "FILE" };
        var command = new Command("accept", "The second party: open d, check that the key stays the same, prepare the own new share.") { File, refresh, from, PseudonymCommand.Json };
        command.SetAction(parsed => Change(parsed, keys =>
        {
            var opened = SealedRefresh.Load(parsed.GetRequiredValue(refresh));
            opened.Accept(keys, PublicStatement.Load(parsed.GetRequiredValue(from)));
            return (new { key = opened.Key, fromEpoch = opened.FromEpoch },
                $"Prepared; the key stays the same.\nNext     both, as close together as can be: keten pseudonym refresh activate --keys FILE --key {opened.Key}\n"
                + "         Between the two, callers are told to try again. Then both destroy the sealed file and old copies of the key file.");
        }));
        return command;
    }

    private static Command Activate()
    {
        var command = new Command("activate", "Put the prepared share into use; a running evaluator follows within a second.") { File, Key, PseudonymCommand.Json };
        command.SetAction(parsed => Change(parsed, keys =>
        {
            SealedRefresh.Activate(keys, parsed.GetRequiredValue(Key));
            var epoch = keys.Live(parsed.GetRequiredValue(Key)).Epoch;
            return (new { key = parsed.GetRequiredValue(Key), epoch }, $"Key {parsed.GetRequiredValue(Key)} is at epoch {epoch} here. The old share is gone from this file; destroy copies of it.");
        }));
        return command;
    }

    private static Command Cancel()
    {
        var command = new Command("cancel", "Drop a prepared share that is not in use.") { File, Key, PseudonymCommand.Json };
        command.SetAction(parsed => Change(parsed, keys =>
        {
            SealedRefresh.Cancel(keys, parsed.GetRequiredValue(Key));
            return (new { key = parsed.GetRequiredValue(Key), cancelled = true }, "Dropped; the share in use is as it was.");
        }));
        return command;
    }

    private static int Change(ParseResult parsed, Func<EvaluatorKeyFile, (object Result, string Text)> change) => PseudonymCommand.Run(parsed.GetValue(PseudonymCommand.Json), () =>
    {
        var path = parsed.GetRequiredValue(File);
        using var keys = EvaluatorKeyFile.Load(path);
        var result = change(keys);
        keys.Save(path);
        PseudonymCommand.WriteStatement(path, keys);
        return result;
    });
}
