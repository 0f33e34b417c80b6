using System.CommandLine;
using Keten.Client.Pseudonyms;
using Keten.Pseudonyms;

namespace Keten.Cli.Pseudonyms;

/// <summary>Making keys, publishing them, and going over from one to the next.</summary>
internal static class KeyCommands
{
    public static Command Keygen()
    {
        var output = new Option<string>("--out") { Description = "The key file to make; mode 0600. Never overwrites one.", Required = true, HelpName = "FILE" };
        var name = new Option<string>("--name") { Description = "This evaluator's name, for people.", Required = true };
        var key = new Option<string>("--key") { Description = "Id of the first key.", DefaultValueFactory = _ => "k1" };
        var command = new Command("keygen", "Make one evaluator's key file with its share of a first key, and the statement for the public beside it. Each party runs this itself.") { output, name, key, PseudonymCommand.Json };
        command.SetAction(parsed => PseudonymCommand.Run(parsed.GetValue(PseudonymCommand.Json), () =>
        {
            var path = parsed.GetRequiredValue(output);
            if (File.Exists(path))
            {
                throw new KeyFileException($"{path} exists, and is not overwritten: losing a share is losing every pseudonym. For a further key: keten pseudonym rotate.");
            }

            using var keys = EvaluatorKeyFile.Create(parsed.GetRequiredValue(name), parsed.GetRequiredValue(key), TimeProvider.System.GetUtcNow());
            keys.Save(path, mayReplace: false);
            var statement = PseudonymCommand.WriteStatement(path, keys);
            return (new { keyFile = path, statement, key = parsed.GetRequiredValue(key) }, $"""
                Key file   {path}   (keep a sealed copy, never where the other evaluator's is)
                Statement  {statement}   (give it to the federation and to the other evaluator)
                Next       the federation: keten pseudonym publish A.public.json B.public.json --out pseudonym-keys.json
                """);
        }));
        return command;
    }

    public static Command Publish()
    {
        var statements = new Argument<string[]>("STATEMENT") { Description = "The public statements of both evaluators.", Arity = new ArgumentArity(1, 2) };
        var output = new Option<string>("--out") { Description = "The file that every participant gets.", Required = true, HelpName = "FILE" };
        var current = new Option<string?>("--current") { Description = "The key that participants use from now on; absent: the oldest." };
        var without = new Option<string?>("--without") { Description = "Leave this older key out: the end of a rotation, while the evaluators still have their shares of it." };
        var scope = new Option<string>("--scope") { Description = "Label of federation and purpose. Another one gives pseudonyms that cannot be linked to these.", DefaultValueFactory = _ => FederationKeys.InvolvementScope };
        var single = new Option<bool>("--development-single") { Description = "Development only: one evaluator that has the whole key." };
        var command = new Command("publish", "The federation: check both statements and write pseudonym-keys.json, the same for every participant.") { statements, output, current, without, scope, single, PseudonymCommand.Json };
        command.SetAction(parsed => PseudonymCommand.Run(parsed.GetValue(PseudonymCommand.Json), () =>
        {
            var paths = parsed.GetRequiredValue(statements);
            if (paths.Length == 1 && !parsed.GetValue(single))
            {
                throw new ArgumentException("Give both evaluators' statements. One alone, which can rebuild every BSN, is for development: --development-single.");
            }

            var all = PublicStatement.Combine([.. paths.Select(PublicStatement.Load)]);
            var left = parsed.GetValue(without);
            if (left is not null && !all.Any(k => k.Id == left))
            {
                throw new ArgumentException($"--without: the evaluators do not both have a key {left}; both have: {string.Join(", ", all.Select(k => k.Id))}.");
            }

            var keys = all.Where(k => k.Id != left).ToList();
            if (keys.Count == 0)
            {
                throw new ArgumentException("No key is left to publish: take the present statements of both evaluators, which have a key in common.");
            }

            var first = parsed.GetValue(current) ?? keys[0].Id;
            if (!keys.Any(k => k.Id == first))
            {
                throw new ArgumentException($"--current: the evaluators do not both have a key {first}; both have: {string.Join(", ", keys.Select(k => k.Id))}.");
            }

            var federation = new FederationKeys(parsed.GetRequiredValue(scope), [.. keys.OrderBy(k => k.Id != first).Select(k => new FederationKey(k.Id, k.PublicKey))]);
            File.WriteAllText(parsed.GetRequiredValue(output), federation.ToJson());
            return (new { file = parsed.GetRequiredValue(output), scope = federation.Scope, keys = federation.Keys.Select(k => k.Id) },
                $"{parsed.GetRequiredValue(output)}: scope {federation.Scope}, current key {first}{(keys.Count > 1 ? ", also in use " + string.Join(", ", federation.Keys.Skip(1).Select(k => k.Id)) : "")}\n"
                + "Next       put it at Adapter:Pseudonyms:KeysFile of every participant; adapters follow it while running");
        }));
        return command;
    }

    public static Command Rotate()
    {
        var file = new Option<string>("--keys") { Description = "This evaluator's key file.", Required = true, HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "Id of the new key, the same at both evaluators." };
        var retire = new Option<string?>("--retire") { Description = "Instead: destroy the share of this older key. It cannot be undone." };
        var weeks = new Option<int>("--weeks") { Description = "How long both keys live, as told to callers.", DefaultValueFactory = _ => 8 };
        var command = new Command("rotate", "Put a new key beside the one in use, and say what follows; or, at the end, destroy the old one.") { file, key, retire, weeks, PseudonymCommand.Json };
        command.SetAction(parsed => PseudonymCommand.Run(parsed.GetValue(PseudonymCommand.Json), () =>
        {
            var path = parsed.GetRequiredValue(file);
            if (parsed.GetValue(key) is null == parsed.GetValue(retire) is null || parsed.GetValue(weeks) is < 1 or > 520)
            {
                throw new ArgumentException("Give one of --key NEW and --retire OLD, and --weeks from 1 to 520.");
            }

            using var keys = EvaluatorKeyFile.Load(path);
            return parsed.GetValue(retire) is { } old ? Retire(path, keys, old)
                : Add(path, keys, parsed.GetValue(key)!, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(7 * parsed.GetValue(weeks)));
        }));
        return command;
    }

    private static (object Result, string Text) Add(string path, EvaluatorKeyFile keys, string id, DateTimeOffset now, TimeSpan overlap)
    {
        var old = keys.Keys.LastOrDefault(k => k.State == ShareState.Active)?.Id ?? "the old key";
        var ends = now + overlap;
        keys.Add(id, now, ends);
        keys.Save(path);
        var statement = PseudonymCommand.WriteStatement(path, keys);
        return (new { key = id, retiring = old, retires = ends, statement }, $"""
            Key {id} is beside {old} now; a running evaluator follows within a second. What follows, in this order:
              1  the other evaluator: keten pseudonym rotate --keys ITS-FILE --key {id}; both give their new statements to the federation
              2  the federation: keten pseudonym publish A B --current {old} --out pseudonym-keys.json, to every participant.
                 Each adapter then computes the pseudonyms of all its clients under {id} as well, as many evaluations as it has clients, and lets its
                 involvements count under both. Raise budgets for that (Evaluator:Budgets) at both evaluators.
              3  when every participant is done (keten.adapter.involvements.to_move is 0, event 5204): publish again with --current {id}.
                 From then on they ask and report under {id} first.
              4  {ends:yyyy-MM-dd} at the latest, and when no adapter has any to move: publish with --without {old}. Each adapter takes its involvements
                 back under {old}, without anybody being told of an end. When that is done too, at both evaluators:
                 keten pseudonym rotate --keys FILE --retire {old}
            """);
    }

    private static (object Result, string Text) Retire(string path, EvaluatorKeyFile keys, string old)
    {
        keys.Destroy(old);
        keys.Save(path);
        var statement = PseudonymCommand.WriteStatement(path, keys);
        return (new { retired = old, statement }, $"The share of {old} is destroyed here. Destroy sealed copies and backups of the file that still hold it.");
    }
}
