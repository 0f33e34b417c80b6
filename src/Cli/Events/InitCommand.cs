using System.CommandLine;
using Keten.Events;

namespace Keten.Cli.Events;

/// <summary><c>keten events init</c>: the topics of a federation.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var cli = new EventsCli();
        var replication = EventsCli.Replication("Copies of every topic, each on a broker of its own. 1 is for development: what was acknowledged is lost with one disk.");
        var dryRun = Cli.DryRun("Make nothing; say what differs.");
        var json = Cli.Json();
        var command = cli.AddTo(new Command(
            "init",
            """
            Make the topics that are not there, for every participant of the registry, and compare those that are. Run it again whenever a
            participant joins: what is there stays as it is.

            Every topic has three copies, two of which have a record before it is acknowledged (min.insync.replicas), so that nothing is lost
            with one broker. A cluster of fewer brokers needs --replication.

            Exit code 1 when a topic is not as it should be; the number of partitions is never changed, because keys would move. How to put other
            differences right is in docs/operations.md.

            Example:
              keten events init --kafka kafka.example:9092 --participants participants.yaml --kafka-ca ca.pem --kafka-cert me.pem --kafka-key me.key
            """) { replication, dryRun, json });
        command.Act(async (parsed, cancellationToken) =>
        {
            var topics = TopicLayout.For(cli.Participants(parsed), parsed.GetValue(replication));
            var administration = new KafkaTopicAdministration(cli.Broker(parsed));
            var before = await administration.CompareAsync(topics, cancellationToken);
            var missing = before.Where(difference => difference.What == TopicDifference.Existence).Select(difference => difference.Topic).ToList();
            var made = !parsed.GetValue(dryRun) && missing.Count > 0;
            if (made)
            {
                await administration.EnsureAsync(topics, cancellationToken);
            }

            var differences = made ? await administration.CompareAsync(topics, cancellationToken) : before;
            if (parsed.GetValue(json))
            {
                Cli.Print(new { topics = topics.Count, made = made ? missing : [], differences });
            }
            else
            {
                foreach (var topic in made ? missing : [])
                {
                    Console.Out.WriteLine($"made       {topic}");
                }

                foreach (var difference in differences)
                {
                    Console.Out.WriteLine($"DIFFERENT  {difference.Topic}: {difference.What} should be {difference.Wanted}, is {difference.Is}");
                }

                Console.Out.WriteLine($"{topics.Count - differences.Select(d => d.Topic).Distinct().Count()} of {topics.Count} topics as they should be");
            }

            return differences.Count == 0 ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }
}
