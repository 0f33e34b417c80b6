using System.Text.RegularExpressions;
using Keten.Contracts.Identifiers;
using Keten.Events.Operation;

namespace Keten.Events.Tests.Operation;

public sealed class BrokerAccessTests
{
    private static readonly Oin Gateway = Oin.Parse("00000099000000000001");
    private static readonly Oin Wijkteam = Oin.Parse("00000099000000001004");
    private static readonly Oin Gemeente = Oin.Parse("00000099000000001003");
    private static readonly Oin Auditor = Oin.Parse("00000099000000000010");
    private static readonly Oin Operator = Oin.Parse("00000099000000000009");

    // What Java 17's X500Principal.getName() gives for certificates of `keten pki issue` and of PKIoverheid's form.
    [Theory]
    [InlineData("O=Wijkteam Oost,CN=Wijkteam Oost,2.5.4.5=#0c143030303030303939303030303030303031303034", "CN=3030303030303939303030303030303031303034")]
    [InlineData("2.5.4.5=#13143030303030303939303030303030303031303034,CN=Wijkteam Oost,C=NL", "CN=3030303030303939303030303030303031303034")]
    [InlineData("CN=x+2.5.4.5=#13143030303030303939303030303030303031303034+L=y,C=NL", "CN=3030303030303939303030303030303031303034")]
    [InlineData(@"CN=evil\,2.5.4.5=#13143030303030303939303030303030303031303034,C=NL", null)]
    [InlineData("CN=2.5.4.5=#13143030303030303939303030303030303031303034", null)]
    [InlineData("2.5.4.5=#1303313233,CN=short", null)]
    public void The_broker_takes_the_oin_from_the_serial_number_and_from_nowhere_else(string subject, string? principal)
    {
        var rule = Regex.Match(BrokerPrincipal.MappingRules, "^RULE:(?<pattern>.*)/(?<to>CN=\\$1)/,DEFAULT$");

        var mapped = Regex.Match(subject, rule.Groups["pattern"].Value);

        Assert.Equal(principal, mapped.Success ? mapped.Result(rule.Groups["to"].Value) : null);
    }

    [Fact]
    public void A_participant_writes_its_own_reports_reads_its_own_notifications_and_nothing_else()
    {
        var rules = BrokerAccess.For(Gateway, [Wijkteam, Gemeente], Operator).Where(rule => rule.Who == Wijkteam);

        Assert.Equal(
            [
                "topic keten.involvement.v1.00000099000000001004 Write,Describe",
                "topic keten.notifications.v1.00000099000000001004 Read,Describe",
                "topic keten.checkpoints.v1 Read,Describe",
                "group adapter-00000099000000001004 Read,Describe",
            ],
            rules.Select(rule => $"{rule.Resource} {rule.Name} {string.Join(',', rule.Operations)}"));
    }

    [Fact]
    public void Nobody_but_the_operator_writes_reports_of_others_and_only_the_gateway_what_is_authorised()
    {
        var without = BrokerAccess.For(Gateway, [Wijkteam, Gemeente], null);

        Assert.Equal([Wijkteam], WritersOf(without, Topics.Involvement(Wijkteam)));
        Assert.Equal([Gateway], WritersOf(without, Topics.InvolvementByPerson));
        Assert.Equal([Gateway], WritersOf(without, Topics.Notifications(Wijkteam)));
        Assert.Equal([Wijkteam, Operator], WritersOf(BrokerAccess.For(Gateway, [Wijkteam, Gemeente], Operator), Topics.Involvement(Wijkteam)));
    }

    [Fact]
    public void An_operator_cannot_write_past_the_decision_on_a_report()
    {
        var rules = BrokerAccess.For(Gateway, [Wijkteam, Gemeente], Operator);

        Assert.Equal([Gateway], WritersOf(rules, Topics.InvolvementByPerson));
        Assert.Equal([Gateway], WritersOf(rules, Topics.DeadLetter(Topics.InvolvementByPerson)));
        Assert.Equal(
            [Topics.Involvement(Gemeente), Topics.DeadLetter(Topics.Involvement(Gemeente)), Topics.Involvement(Wijkteam), Topics.DeadLetter(Topics.Involvement(Wijkteam))],
            rules.Where(rule => rule.Who == Operator && rule.Operations.Contains("Write")).Select(rule => rule.Name).Order());
    }

    [Fact]
    public void Only_an_auditor_reads_the_decisions_and_only_the_gateway_writes_them()
    {
        var rules = BrokerAccess.For(Gateway, [Wijkteam, Gemeente], Operator, Auditor).Where(rule => rule.Name == Topics.Decisions).ToList();

        Assert.Equal([Auditor], rules.Where(rule => rule.Operations.Contains("Read")).Select(rule => rule.Who));
        Assert.Equal([Gateway], WritersOf(rules, Topics.Decisions));
        Assert.Equal([Gateway], WritersOf(BrokerAccess.For(Gateway, [Wijkteam, Gemeente], Operator, Auditor), Topics.Checkpoints));
    }

    [Fact]
    public void Every_topic_of_the_layout_has_a_reader_or_writer_and_no_rule_names_another_topic()
    {
        var topics = TopicLayout.For([Wijkteam, Gemeente]).Select(topic => topic.Name).Order();
        var named = BrokerAccess.For(Gateway, [Wijkteam, Gemeente], Operator).Where(rule => rule.Resource == "topic").Select(rule => rule.Name).Distinct().Order();

        Assert.Equal(topics, named);
    }

    [Fact]
    public void The_script_is_a_shell_script_that_names_every_rule_once()
    {
        var rules = BrokerAccess.For(Gateway, [Wijkteam], null);
        var script = AclCommands.Write(rules);

        Assert.Equal(rules.Count, script.Split('\n').Count(line => line.StartsWith("kafka-acls.sh ", StringComparison.Ordinal)));
        Assert.Contains("--allow-principal 'User:CN=3030303030303939303030303030303031303034' --operation Write --operation Describe --topic 'keten.involvement.v1.00000099000000001004'", script, StringComparison.Ordinal);
        Assert.Equal(0, Shell(script));
    }

    [Fact]
    public void The_manifests_hold_every_topic_and_every_user()
    {
        var topics = TopicLayout.For([Wijkteam]);
        var documents = StrimziManifests.Write("keten", topics, BrokerAccess.For(Gateway, [Wijkteam], null)).Split("---\n").Skip(1).ToList();

        Assert.Equal(topics.Count, documents.Count(d => d.Contains("kind: KafkaTopic", StringComparison.Ordinal)));
        Assert.All(documents.Take(topics.Count), d => Assert.Contains("\n  replicas: 3\n", d, StringComparison.Ordinal));
        var users = documents.Where(d => d.Contains("kind: KafkaUser", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, users.Count);
        Assert.All(users, user => Assert.Contains("type: tls-external", user, StringComparison.Ordinal));
        Assert.All(documents, document => Assert.DoesNotContain(document.Split('\n'), line => line.TrimEnd() != line || line.Contains('\t', StringComparison.Ordinal)));
    }

    private static IEnumerable<Oin> WritersOf(IEnumerable<AccessRule> rules, string topic) =>
        rules.Where(rule => rule.Name == topic && rule.Operations.Contains("Write")).Select(rule => rule.Who);

    // Parses it, and runs nothing.
    private static int Shell(string script)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", "-n") { RedirectStandardInput = true, RedirectStandardError = true })!;
        shell.StandardInput.Write(script);
        shell.StandardInput.Close();
        shell.WaitForExit();
        return shell.ExitCode;
    }
}
