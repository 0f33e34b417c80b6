using System.CommandLine;
using System.Globalization;
using Keten.Events;
using Keten.Events.Operation;

namespace Keten.Cli.Events;

/// <summary><c>keten events lag</c>: how far the gateways are behind.</summary>
internal static class LagCommand
{
    public static Command Create()
    {
        var cli = new EventsCli();
        var partitions = new Option<bool>("--partitions") { Description = "A line for every partition, not only for every topic." };
        var most = new Option<long>("--most") { Description = "Exit code 1 when a topic has more unfinished records than this.", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        var json = Cli.Json();
        var command = cli.AddTo(new Command(
            "lag",
            """
            How many records the gateways have not finished: intake (reports to decide) and matcher (decided reports to tell of). An adapter's
            own lag is a metric of the adapter, which keeps its mark in its database.

            Example:
              keten events lag --config /srv/keten/gateway/appsettings.json
            """) { partitions, most, json });
        command.Act((parsed, cancellationToken) =>
        {
            var marks = new BrokerMarks(cli.Clients(parsed));
            var lag = marks.Lag(ConsumerGroups.Intake, cli.Participants(parsed).Select(Topics.Involvement))
                .Concat(marks.Lag(ConsumerGroups.Matcher, [Topics.InvolvementByPerson])).ToList();
            var topics = lag.GroupBy(l => (l.Group, l.Topic)).Select(t => (t.Key.Group, t.Key.Topic, Lag: t.Sum(l => l.Lag), Parts: t.ToList())).ToList();
            if (parsed.GetValue(json))
            {
                Cli.Print(new { lag = lag.Sum(l => l.Lag), partitions = lag });
            }
            else
            {
                foreach (var topic in topics)
                {
                    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{topic.Lag,10}  {topic.Group,-13} {topic.Topic}"));
                    foreach (var part in parsed.GetValue(partitions) ? topic.Parts : [])
                    {
                        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part.Lag,10}    partition {part.Partition}: finished up to {part.Done} of {part.End}"));
                    }
                }

                Console.Out.WriteLine($"{lag.Sum(l => l.Lag)} records not finished");
            }

            return Task.FromResult(topics.Any(topic => topic.Lag > parsed.GetValue(most)) ? Cli.NotAsItShould : Cli.Fine);
        });
        return command;
    }
}
