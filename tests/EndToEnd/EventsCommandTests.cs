using System.Globalization;
using System.Text;
using System.Text.Json;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.TestKit.Pki;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.EndToEnd;

/// <summary><c>keten events</c> as an operator runs it.</summary>
public sealed class EventsCommandTests : IDisposable
{
    private static readonly Oin Wijkteam = TestFederation.OinOf(4);

    private readonly TestFederation _federation = new();
    private readonly EmbeddedBroker _broker = new();

    public EventsCommandTests() => _federation.Register(TestFederation.Participant(Wijkteam));

    public void Dispose()
    {
        _broker.Dispose();
        _federation.Dispose();
    }

    [Fact]
    public async Task The_access_rules_come_as_a_script_and_as_manifests()
    {
        var run = await KetenProcess.RunAsync("events", "acl", "--participants", _federation.Participants, "--gateway", TestFederation.OinOf(9).Value);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("#!/bin/sh", run.Output, StringComparison.Ordinal);
        var manifests = await KetenProcess.RunAsync(
            "events", "acl", "--participants", _federation.Participants, "--gateway", TestFederation.OinOf(9).Value, "--format", "strimzi");
        Assert.Equal(0, manifests.ExitCode);
        Assert.Contains("kind: KafkaUser", manifests.Output, StringComparison.Ordinal);
        Assert.Contains($"--topic 'keten.involvement.v1.{Wijkteam.Value}'", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_letters_are_listed_and_put_back_by_the_two_commands()
    {
        await _broker.EnsureAsync(TopicLayout.For([Wijkteam]), CancellationToken.None);
        var topic = Topics.Involvement(Wijkteam);
        using (var producer = new EventProducer(new KafkaClients(_broker.Options, NullLogger<KafkaClients>.Instance), "test"))
        {
            var envelope = new CloudEvent("e1", CloudEvent.SourceOf(Wijkteam), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow).ToHeaders();
            envelope.Add(DeadLetterHeaders.Reason, Encoding.UTF8.GetBytes("SUBJECT_NOT_INFORMED"));
            envelope.Add(DeadLetterHeaders.Record, Encoding.UTF8.GetBytes($"{topic}/2/0"));
            await producer.SendAsync(Topics.DeadLetter(topic), null, new() { Key = "i1"u8.ToArray(), Value = [1, 2, 3], Headers = envelope }, CancellationToken.None);
        }

        var listed = await EventsAsync("dlq", "list", "--json");
        Assert.Equal(1, listed.ExitCode);
        var letter = JsonDocument.Parse(listed.Output).RootElement.GetProperty("letters")[0];
        Assert.Equal("SUBJECT_NOT_INFORMED", letter.GetProperty("reason").GetString());

        var back = await EventsAsync("dlq", "redrive", letter.GetProperty("id").GetString()!);
        Assert.Equal((0, "1 of 1 put back"), (back.ExitCode, back.Output.TrimEnd().Split('\n')[^1]));
        Assert.Equal(0, (await EventsAsync("dlq", "list")).ExitCode);
        var lag = await EventsAsync("lag", "--json");
        Assert.Equal(1, JsonDocument.Parse(lag.Output).RootElement.GetProperty("lag").GetInt64());
    }

    [Fact]
    public async Task What_cannot_be_used_is_one_line_and_exit_code_2()
    {
        var nothing = await KetenProcess.RunAsync("events", "lag");
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("give --kafka HOST:PORT", nothing.Error, StringComparison.Ordinal);

        File.WriteAllText(_federation.Participants, "participants:\n  - oin: \"12\"\n    name: X\n    type: wijkteam\n    status: active\n");
        var broken = await EventsAsync("dlq", "list");
        Assert.Equal(2, broken.ExitCode);
        Assert.Contains("participants.yaml:2:", broken.Error, StringComparison.Ordinal);

        var which = await EventsAsync("dlq", "redrive");
        Assert.Equal(2, which.ExitCode);
        Assert.Contains("which letters?", which.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_from_before_the_memory_of_the_gateways_are_not_decided_on_again()
    {
        await _broker.EnsureAsync(TopicLayout.For([Wijkteam]), CancellationToken.None);
        static string DaysAgo(int days) => DateTimeOffset.UtcNow.AddDays(-days).ToString("O", CultureInfo.InvariantCulture);

        var old = await EventsAsync("replay", "--stage", "intake", "--from", DaysAgo(31));
        Assert.Equal(2, old.ExitCode);
        Assert.Contains("at most 30 days ago", old.Error, StringComparison.Ordinal);
        Assert.Contains("report again", old.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await EventsAsync("replay", "--stage", "intake", "--from", DaysAgo(29))).ExitCode);
        Assert.Equal(0, (await EventsAsync("replay", "--stage", "matcher", "--from", DaysAgo(31))).ExitCode);
    }

    [Fact]
    public async Task Topics_are_not_made_with_fewer_copies_than_was_asked_for()
    {
        var alone = await EventsAsync("init");

        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("3 copies of every topic need 3 brokers, and the cluster has 1", alone.Error, StringComparison.Ordinal);
        Assert.Contains("--replication 1", alone.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await EventsAsync("init", "--replication", "0")).ExitCode);
    }

    [Fact]
    public async Task A_broker_on_another_host_needs_certificates_or_a_word_that_it_is_for_development()
    {
        var refused = await KetenProcess.RunAsync("events", "lag", "--kafka", "192.0.2.1:9092", "--participants", _federation.Participants);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("give --kafka-ca, --kafka-cert and --kafka-key", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_said_so()
    {
        var away = await KetenProcess.RunAsync("events", "init", "--kafka", "127.0.0.1:1", "--participants", _federation.Participants);

        Assert.Equal(2, away.ExitCode);
        Assert.Contains("the broker:", away.Error, StringComparison.Ordinal);
    }

    private Task<KetenProcess> EventsAsync(params string[] arguments) =>
        KetenProcess.RunAsync(["events", .. arguments, "--kafka", _broker.BootstrapServers, "--participants", _federation.Participants]);
}
