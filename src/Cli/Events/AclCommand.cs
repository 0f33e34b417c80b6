using System.CommandLine;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Events.Operation;

namespace Keten.Cli.Events;

/// <summary><c>keten events acl</c>: who may do what at the broker, to be read and then applied.</summary>
internal static class AclCommand
{
    public static Command Create()
    {
        var cli = new EventsCli();
        var gateway = new Option<string>("--gateway") { Description = "OIN in the gateway's certificate.", Required = true, HelpName = "OIN" };
        var operatorOin = new Option<string?>("--operator") { Description = "OIN in the certificate that keten events uses; without it nobody may redrive or replay.", HelpName = "OIN" };
        var auditor = new Option<string?>("--auditor") { Description = "OIN in the certificate of who watches the decision logs; without it nobody may read them at the broker.", HelpName = "OIN" };
        var format = new Option<string>("--format") { Description = "commands (a script of kafka-acls.sh) or strimzi (KafkaTopic and KafkaUser).", DefaultValueFactory = _ => "commands" };
        format.AcceptOnlyFromAmong("commands", "strimzi");
        var cluster = new Option<string>("--cluster") { Description = "Name of the Kafka resource (strimzi only).", DefaultValueFactory = _ => "keten", HelpName = "NAME" };
        var replication = EventsCli.Replication("Copies of every topic (strimzi only).");
        var command = cli.AddRegistryTo(new Command(
            "acl",
            """
            Write the broker's access rules on stdout: a participant may write one topic and read one. Nothing is changed anywhere.

            Examples:
              keten events acl --participants participants.yaml --gateway 00000099000000000001 > acl.sh
              keten events acl --participants participants.yaml --gateway 00000099000000000001 --format strimzi | kubectl apply -f -
            """) { gateway, operatorOin, auditor, format, cluster, replication });
        command.Act((parsed, _) =>
        {
            var participants = cli.Participants(parsed);
            var rules = BrokerAccess.For(
                Parse(gateway.Name, parsed.GetRequiredValue(gateway)), participants,
                parsed.GetValue(operatorOin) is { } oin ? Parse(operatorOin.Name, oin) : null,
                parsed.GetValue(auditor) is { } reader ? Parse(auditor.Name, reader) : null);
            Console.Out.Write(parsed.GetRequiredValue(format) == "strimzi"
                ? StrimziManifests.Write(Name(parsed.GetRequiredValue(cluster)), TopicLayout.For(participants, parsed.GetValue(replication)), rules)
                : AclCommands.Write(rules));
            return Task.FromResult(Cli.Fine);
        });
        return command;
    }

    private static Oin Parse(string option, string text) =>
        Oin.TryParse(text, out var oin) ? oin : throw new CliException($"{option}: expected 20 letters or digits");

    private static string Name(string cluster) =>
        cluster.Length is > 0 and <= 63 && cluster.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? cluster : throw new CliException("--cluster: expected a Kubernetes name, small letters, digits and dashes");
}
