using System.CommandLine;
using Keten.Events;
using Keten.Events.Operation;

namespace Keten.Cli.Events;

/// <summary><c>keten events dlq</c>: what was set aside, and another chance for it.</summary>
internal static class DeadLetterCommands
{
    public static Command Create() => new("dlq", "Records that could have no effect, with the reason. Their contents are never shown.") { List(), Redrive() };

    private static Command List()
    {
        var cli = new EventsCli();
        var (reason, oin, all) = Selection("Letters that were given another chance too.");
        var json = Cli.Json();
        var command = cli.AddTo(new Command(
            "list",
            """
            The dead letters: when, why, under which decision, and where the record stood. Exit code 1 when there are any.

            Examples:
              keten events dlq list --config gateway/appsettings.json --kafka-cert operator.pem --kafka-key operator.key
              keten events dlq list --config gateway/appsettings.json --kafka-cert operator.pem --kafka-key operator.key --reason EVENT_MALFORMED --json
            """) { reason, oin, all, json });
        command.Act((parsed, cancellationToken) =>
        {
            var letters = Read(cli, parsed, cancellationToken).Where(l => Wanted(l, parsed.GetValue(reason), parsed.GetValue(oin)) && (parsed.GetValue(all) || !l.IsRedriven)).ToList();
            if (parsed.GetValue(json))
            {
                Cli.Print(new { letters = letters.Select(Describe) });
            }
            else
            {
                letters.ForEach(l => Console.Out.WriteLine($"{l.Time:yyyy-MM-dd HH:mm:ss}Z  {l.Reason,-28} {l.Id}{(l.HasContent ? "" : "  (without the record)")}{(l.IsRedriven ? "  (redriven)" : "")}"));
                foreach (var group in letters.GroupBy(l => l.Reason).OrderByDescending(g => g.Count()))
                {
                    Console.Out.WriteLine($"{group.Count(),8} x {group.Key}");
                }

                Console.Out.WriteLine($"{letters.Count} dead letters");
            }

            return Task.FromResult(letters.Count == 0 ? Cli.Fine : Cli.NotAsItShould);
        });
        return command;
    }

    private static Command Redrive()
    {
        var cli = new EventsCli();
        var (reason, oin, all) = Selection("All letters; needed when neither --reason nor --oin nor a letter is given.");
        var ids = new Argument<string[]>("LETTER") { Description = "topic/partition/offset of a letter, as dlq list shows it.", Arity = ArgumentArity.ZeroOrMore };
        var dryRun = Cli.DryRun("Change nothing; say what would be done.");
        var json = Cli.Json();
        var command = cli.AddTo(new Command(
            "redrive",
            """
            Put records back at the end of their topics, where the gateway decides on them anew: after a policy was mended, say. A record that
            a newer report on the same involvement follows is left out, and so is a letter older than 7 days: that the involvement was erased since
            is not known anywhere after that, so its organisation reports again. Repeats have no second effect. Needs the operator's rights
            (keten events acl --operator). Exit code 1 when a letter was left out.

            Example:
              keten events dlq redrive --config gateway/appsettings.json --kafka-cert operator.pem --kafka-key operator.key --reason SUBJECT_NOT_INFORMED --dry-run
            """) { ids, reason, oin, all, dryRun, json });
        command.Act(async (parsed, cancellationToken) =>
        {
            var chosen = (parsed.GetValue(ids) ?? []).ToHashSet(StringComparer.Ordinal);
            if (chosen.Count == 0 && parsed.GetValue(reason) is null && parsed.GetValue(oin) is null && !parsed.GetValue(all))
            {
                throw new CliException("which letters? Give them as dlq list shows them, or --reason, --oin or --all");
            }

            var letters = Read(cli, parsed, cancellationToken)
                .Where(l => !l.IsRedriven && (chosen.Count == 0 || chosen.Remove(l.Id)) && Wanted(l, parsed.GetValue(reason), parsed.GetValue(oin))).ToList();
            if (chosen.Count > 0)
            {
                throw new CliException($"no such letter, or redriven before: {string.Join(", ", chosen.Order(StringComparer.Ordinal))}");
            }

            var results = await new DeadLetterBox(cli.Clients(parsed), TimeProvider.System).RedriveAsync(letters, parsed.GetValue(dryRun), cancellationToken);
            if (parsed.GetValue(json))
            {
                Cli.Print(new { dryRun = parsed.GetValue(dryRun), letters = results.Select(r => new { id = r.Letter.Id, reason = r.Letter.Reason, result = r.Result }) });
            }
            else
            {
                foreach (var (letter, result) in results)
                {
                    Console.Out.WriteLine($"{letter.Id}  {letter.Reason}: {InWords(result)}");
                }

                if (results.Count(r => r.Result == RedriveResult.TooOld) is > 0 and var old)
                {
                    Console.Out.WriteLine($"{old} older than {DeadLetterBox.Term.TotalDays} days: ask their organisations to report again");
                }

                Console.Out.WriteLine($"{results.Count(r => r.Result == RedriveResult.Redriven)} of {results.Count} {(parsed.GetValue(dryRun) ? "would be put back" : "put back")}");
            }

            return results.All(r => r.Result == RedriveResult.Redriven) ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static (Option<string?> Reason, Option<string?> Oin, Option<bool> All) Selection(string all) =>
    (
        new("--reason") { Description = "Only letters with this reason code.", HelpName = "CODE" },
        new("--oin") { Description = "Only letters of this participant's reports.", HelpName = "OIN" },
        new("--all") { Description = all }
    );

    private static IReadOnlyList<DeadLetter> Read(EventsCli cli, ParseResult parsed, CancellationToken cancellationToken) =>
        new DeadLetterBox(cli.Clients(parsed), TimeProvider.System).Read(cli.Participants(parsed).Select(Topics.Involvement).Append(Topics.InvolvementByPerson), cancellationToken);

    private static bool Wanted(DeadLetter letter, string? reason, string? oin) =>
        (reason is null || letter.Reason == reason) && (oin is null || letter.Id.Contains("." + oin + ".", StringComparison.Ordinal));

    private static object Describe(DeadLetter letter) => new
    {
        id = letter.Id, time = letter.Time, reason = letter.Reason, decisionId = letter.DecisionId, hasContent = letter.HasContent, redriven = letter.IsRedriven,
    };

    private static string InWords(RedriveResult result) => result switch
    {
        RedriveResult.Redriven => "put back",
        RedriveResult.Superseded => "left out: a newer report on the same involvement follows it",
        RedriveResult.TooOld => "left out: older than 7 days, and whether it was erased since is no longer known; its organisation reports again",
        RedriveResult.NoReport => "left out: no report but a record of the gateway's own; mend or upgrade the gateway, and events replay --stage matcher",
        _ => "left out: the letter does not hold the record; its organisation reports again",
    };
}
