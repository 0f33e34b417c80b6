using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Events.Tests.Exchange;

/// <summary>Replicas share the matching; each knows of all involvements.</summary>
public sealed class RebalanceTests
{
    private const int Persons = 400;

    [Fact]
    public async Task Two_gateways_share_the_persons_and_both_know_who_is_involved()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        using var atWijkteam = exchange["wijkteam"].Listen();
        await using var second = await exchange.AnotherGatewayAsync();
        await Wait.UntilAsync(() => exchange.Gateway.Owned == 2 && second.Owned == 2);

        await exchange["wijkteam"].ReportAsync();
        await exchange["veilig-thuis"].ReportAsync();

        await atWijkteam.MatchAsync();
        var person = await exchange.PersonAsync();
        await Wait.UntilAsync(() => new[] { exchange.Gateway, second }.All(g =>
            g.View.IsInvolved(exchange["wijkteam"].Oin, person, "betrokkenheid-jeugd")
            && g.View.IsInvolved(exchange["veilig-thuis"].Oin, person, "betrokkenheid-jeugd")));
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);

        // A rebalance may have one sent again, and that is the same one.
        var topic = Topics.Notifications(exchange["wijkteam"].Oin);
        var told = await exchange.ReadAsync(topic, (int)await exchange.CountAsync(topic));
        Assert.Equal(3, told.Select(r => Notification.Parser.ParseFrom(r.Message.Value).NotificationId).Distinct().Count());
    }

    [Fact]
    public async Task A_gateway_that_goes_while_matching_leaves_nothing_untold_and_nothing_told_twice()
    {
        await using var exchange = await TheExchange.StartAsync([]);
        var (one, other) = (await exchange.RegisterAsync("wijkteam"), await exchange.RegisterAsync("veilig-thuis"));
        await using var second = await exchange.AnotherGatewayAsync();
        await Wait.UntilAsync(() => exchange.Gateway.Owned == 2 && second.Owned == 2);

        using var producer = new EventProducer(new KafkaClients(exchange.Events, NullLogger<KafkaClients>.Instance), "test");
        var persons = Enumerable.Range(0, Persons).Select(SomePerson).ToList();
        await Task.WhenAll(persons.Select(p => SendAsync(producer, p, one, "wijkteam")));
        var rest = Task.WhenAll(persons.Select(p => SendAsync(producer, p, other, "veilig-thuis")));
        await exchange.StopGatewayAsync();
        await rest;

        await Wait.UntilAsync(() => second.Owned == 4);
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        foreach (var receiver in new[] { one, other })
        {
            var told = await MatchesAsync(exchange, receiver);
            Assert.Equal(Persons, told.DistinctBy(n => n.Subject).Count());
            Assert.Equal(Persons, told.DistinctBy(n => n.NotificationId).Count());
        }
    }

    [Fact]
    public async Task A_mark_that_is_behind_as_after_a_kill_repeats_with_the_same_ids_and_what_ended_meanwhile_too()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        for (var i = 0; i < 5; i++)
        {
            var report = await veiligThuis.ReportAsync();
            await atWijkteam.MatchAsync();
            await veiligThuis.ReportAsync(Change.Ended, report.InvolvementId);
            await atWijkteam.MatchEndedAsync();
        }

        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        await exchange.StopGatewayAsync();
        var before = await MatchesAsync(exchange, wijkteam.Oin);
        await SetMarkAsync(exchange, 3);
        await exchange.StartGatewayAsync();
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);

        var after = await MatchesAsync(exchange, wijkteam.Oin);
        Assert.Equal(before.Count + 4, after.Count);
        Assert.Equal(before.Select(n => n.NotificationId).Order(), after.Select(n => n.NotificationId).Distinct().Order());
        Assert.Empty(atWijkteam.Kept);
    }

    [Fact]
    public async Task A_view_does_not_wait_for_a_matcher_that_stands_still_and_nothing_is_skipped()
    {
        const int Many = 5_500;
        await using var exchange = await TheExchange.StartAsync([]);
        var (one, other) = (await exchange.RegisterAsync("wijkteam"), await exchange.RegisterAsync("veilig-thuis"));
        await Wait.UntilAsync(() => exchange.Gateway.Owned == 4);
        using var producer = new EventProducer(new KafkaClients(exchange.Events, NullLogger<KafkaClients>.Instance), "test");
        var persons = Enumerable.Range(0, int.MaxValue).Select(SomePerson).Where(p => PersonPartition.Of(p.Value, 4) == 0).Take(Many).ToList();

        exchange.Policy.IsAway = true;
        await Task.WhenAll(persons.Select(p => SendAsync(producer, p, one, "wijkteam")));
        await Task.WhenAll(persons.Select(p => SendAsync(producer, p, other, "veilig-thuis")));
        await Wait.UntilAsync(() => exchange.Gateway.Count == 2 * Many);
        exchange.Policy.IsAway = false;

        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        foreach (var receiver in new[] { one, other })
        {
            Assert.Equal(Many, (await MatchesAsync(exchange, receiver)).DistinctBy(n => n.NotificationId).Count());
        }
    }

    private static async Task SetMarkAsync(TheExchange exchange, long mark)
    {
        var person = await exchange.PersonAsync();
        using var consumer = new KafkaClients(exchange.Events, NullLogger<KafkaClients>.Instance).CreateConsumer("test", "keten-matcher");
        consumer.Subscribe(Topics.InvolvementByPerson);
        await Wait.UntilAsync(() => {
            consumer.Consume(TimeSpan.Zero);
            return consumer.Assignment.Count == 4;
        });
        consumer.Commit([new TopicPartitionOffset(Topics.InvolvementByPerson, PersonPartition.Of(person.Value, 4), mark)]);
        consumer.Close();
    }

    private static async Task<List<Notification>> MatchesAsync(TheExchange exchange, Oin receiver)
    {
        var topic = Topics.Notifications(receiver);
        var records = await exchange.ReadAsync(topic, (int)await exchange.CountAsync(topic));
        return [.. records.Select(r => Notification.Parser.ParseFrom(r.Message.Value)).Where(n => n.Match is not null)];
    }

    private static Task<TopicPartitionOffset> SendAsync(EventProducer producer, Pseudonym person, Oin organisation, string type) => producer.SendAsync(
        Topics.InvolvementByPerson, person.Value, $"{person.Value}/{organisation.Value}/{IdOf(person)}", new AuthorisedInvolvement
        {
            Oin = organisation.Value,
            OrganisationType = type,
            AuthorisedAt = TimeProvider.System.GetUtcNow().ToTimestamp(),
            Event = new InvolvementChanged
            {
                Change = Change.Started, InvolvementId = IdOf(person), Version = 1, Subject = person.Value, Purpose = "betrokkenheid-jeugd",
            },
        }, new CloudEvent("e", CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, TimeProvider.System.GetUtcNow()), CancellationToken.None);

    // Unique at the organisation.
    private static string IdOf(Pseudonym person) => $"i-{person.Value[4..12]}";

    private static Pseudonym SomePerson(int number)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number);
        return Pseudonym.Create("dev", bytes);
    }
}
