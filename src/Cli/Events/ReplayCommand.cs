using System.CommandLine;
using System.Globalization;
using Keten.Contracts.Catalogue;
using Keten.Events;
using Keten.Events.Operation;

namespace Keten.Cli.Events;

/// <summary><c>keten events replay</c>: everything since a moment once more.</summary>
internal static class ReplayCommand
{
    // The index forgets an involvement no earlier.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(InvolvementRules.KeptDays);

    public static Command Create()
    {
        var cli = new EventsCli();
        var from = new Option<string>("--from") { Description = "Moment, RFC 3339: 2026-11-23T08:00:00Z.", Required = true, HelpName = "TIME" };
        var stage = new Option<string>("--stage") { Description = "intake: decide on all reports since then again, at most 30 days back. matcher: tell of all decided reports since then again.", DefaultValueFactory = _ => "matcher" };
        stage.AcceptOnlyFromAmong("intake", "matcher");
        var dryRun = Cli.DryRun("Change nothing; say what would be read again.");
        var json = Cli.Json();
        var command = cli.AddTo(new Command(
            "replay",
            """
            Have the gateways do everything since a moment again: stop them, run this, start them. What had its effect has no second one: a
            report that is known gets its receipt again, a notification that was delivered is dropped by the inbox. What is missing arrives.

            --stage intake goes back at most 30 days: what ended before may be forgotten, and its old report would count as a new one. Let
            organisations report again what is missing from before.

            Example:
              keten events replay --from 2026-11-23T08:00:00Z --config gateway/appsettings.json --kafka-cert operator.pem --kafka-key operator.key
            """) { from, stage, dryRun, json });
        command.Act((parsed, cancellationToken) =>
        {
            if (!DateTimeOffset.TryParse(parsed.GetRequiredValue(from), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            {
                throw new CliException("--from: expected a moment such as 2026-11-23T08:00:00Z");
            }

            if (parsed.GetRequiredValue(stage) == "intake" && moment < TimeProvider.System.GetUtcNow() - Remembered)
            {
                throw new CliException(
                    "--from: for --stage intake at most 30 days ago. The gateways forget an involvement from 30 days after its end, and its old report would be let in as a new one. "
                    + "Let organisations report again what is missing from before");
            }

            var (group, topics) = parsed.GetRequiredValue(stage) == "intake"
                ? (ConsumerGroups.Intake, cli.Participants(parsed).Select(Topics.Involvement).ToArray())
                : (ConsumerGroups.Matcher, [Topics.InvolvementByPerson]);
            var back = new BrokerMarks(cli.Clients(parsed)).SetBack(group, topics, moment, parsed.GetValue(dryRun), cancellationToken);
            if (parsed.GetValue(json))
            {
                Cli.Print(new { group, from = moment, dryRun = parsed.GetValue(dryRun), records = back.Sum(b => b.Lag), partitions = back });
            }
            else
            {
                foreach (var part in back)
                {
                    Console.Out.WriteLine($"{part.Lag,10}  {part.Topic}, partition {part.Partition}: from {part.Done} instead of {part.End}");
                }

                Console.Out.WriteLine($"{back.Sum(b => b.Lag)} records {(parsed.GetValue(dryRun) ? "would be read" : "will be read")} again by {group}");
            }

            return Task.FromResult(Cli.Fine);
        });
        return command;
    }
}
