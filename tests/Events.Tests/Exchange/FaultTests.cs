using Confluent.Kafka;
using Google.Protobuf;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>After each fault: nothing lost, nothing twice.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_report_that_arrives_twice_has_no_second_effect()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var report = await veiligThuis.ReportAsync();
        await atWijkteam.MatchAsync();

        var topic = Topics.Involvement(veiligThuis.Oin);
        var sent = (await exchange.ReadAsync(topic, 1)).Single();
        var asked = exchange.Policy.Asked;
        for (var i = 0; i < 3; i++)
        {
            await exchange.ProduceAsync(
                topic, report.InvolvementId, sent.Message.Value,
                new CloudEvent($"again{i}", CloudEvent.SourceOf(veiligThuis.Oin), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow));
        }

        await veiligThuis.ReportAsync(Change.Ended, report.InvolvementId);
        await exchange.ProduceAsync(
            topic, report.InvolvementId, sent.Message.Value,
            new CloudEvent("late", CloudEvent.SourceOf(veiligThuis.Oin), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow));
        await atWijkteam.MatchEndedAsync();
        await veiligThuis.ReportAsync(Change.Started, report.InvolvementId);
        await atWijkteam.MatchAsync();

        Assert.Empty(atWijkteam.Kept);
        Assert.Equal(asked + 2, exchange.Policy.Asked);
        using var all = veiligThuis.Listen("0");
        foreach (var version in new[] { 1, 2, 3 })
        {
            Assert.Equal(version, (await all.ReceiptAsync()).Version);
        }
    }

    [Fact]
    public async Task A_gateway_that_restarts_knows_again_who_is_involved_and_tells_nobody_twice()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var ended = await wijkteam.ReportAsync();
        await wijkteam.ReportAsync(Change.Ended, ended.InvolvementId);
        await atWijkteam.ReceiptAsync();
        await atWijkteam.ReceiptAsync();

        await exchange.StopGatewayAsync();
        var waiting = await veiligThuis.ReportAsync();
        await exchange.StartGatewayAsync();

        var person = await exchange.PersonAsync();
        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, person, "betrokkenheid-jeugd"));
        var match = await atWijkteam.MatchAsync();
        Assert.Equal(veiligThuis.Oin.Value, match.AboutOin);
        await veiligThuis.ReportAsync(Change.Ended, waiting.InvolvementId);
        await atWijkteam.MatchEndedAsync();
        Assert.Empty(atWijkteam.Kept);

        // Not only does the inbox drop repeats: three receipts, a match and its end are all that was ever sent.
        Assert.Equal(5, await exchange.CountAsync(Topics.Notifications(wijkteam.Oin)));
    }

    [Fact]
    public async Task An_adapter_stops_while_the_broker_is_away_and_the_next_one_publishes_what_it_had()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var broker = exchange.RequireEmbedded();
        var wijkteam = exchange["wijkteam"];
        using (var stream = wijkteam.Listen())
        {
            await wijkteam.ReportAsync();
            await stream.ReceiptAsync();
        }

        broker.SetDown();
        var report = await wijkteam.ReportAsync();
        await exchange.StopAsync(wijkteam).WaitAsync(Wait.Limit);
        broker.SetUp();

        var next = await exchange.StartAdapterAsync(wijkteam.Oin, "wijkteam");
        using var again = next.Listen();
        await again.ReceiptAsync();
        Assert.Equal(report.InvolvementId, (await again.ReceiptAsync()).InvolvementId);
    }

    [Fact]
    public async Task A_report_committed_before_a_crash_is_published_by_the_next_adapter_on_that_database()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var oin = await exchange.RegisterAsync("veilig-thuis");
        var crashed = await exchange.StartAdapterAsync(oin, "veilig-thuis", connected: false);
        var report = await crashed.ReportAsync();
        await crashed.ReportAsync(Change.Ended, report.InvolvementId);
        await exchange.StopAsync(crashed);

        var next = await exchange.StartAdapterAsync(oin, "veilig-thuis");
        using var stream = next.Listen();

        var (first, second) = (await stream.ReceiptAsync(), await stream.ReceiptAsync());
        Assert.Equal((report.InvolvementId, 1L, true), (first.InvolvementId, first.Version, first.Accepted));
        Assert.Equal((report.InvolvementId, 2L, true), (second.InvolvementId, second.Version, second.Accepted));
    }

    [Fact]
    public async Task A_broker_that_goes_down_and_comes_back_loses_nothing()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var broker = exchange.RequireEmbedded();
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();

        broker.SetDown();
        const int Reports = 20;
        for (var i = 0; i < Reports; i++)
        {
            await veiligThuis.ReportAsync();
        }

        broker.SetUp();
        var versions = new List<string>();
        for (var i = 0; i < Reports; i++)
        {
            var receipt = await atVeiligThuis.ReceiptAsync();
            Assert.True(receipt.Accepted);
            versions.Add(receipt.InvolvementId);
            await atWijkteam.MatchAsync();
        }

        Assert.Equal(Reports, versions.Distinct().Count());
        Assert.Empty(atWijkteam.Kept);
    }

    [Fact]
    public async Task Produce_errors_delay_and_lose_nothing()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var broker = exchange.RequireEmbedded();
        using var stream = exchange["wijkteam"].Listen();

        broker.FailNextProduces(ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicas);
        await exchange["wijkteam"].ReportAsync();
        await exchange["wijkteam"].ReportAsync();

        Assert.True((await stream.ReceiptAsync()).Accepted);
        Assert.True((await stream.ReceiptAsync()).Accepted);
    }

    [Fact]
    public async Task Nothing_is_skipped_while_the_policy_is_away()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        using var stream = exchange["wijkteam"].Listen();

        exchange.Policy.IsAway = true;
        var asked = exchange.Policy.Asked;
        await exchange["wijkteam"].ReportAsync();
        await Wait.UntilAsync(() => exchange.Policy.Asked >= asked + 3);
        Assert.Empty(exchange.Log.Records);
        exchange.Policy.IsAway = false;

        Assert.True((await stream.ReceiptAsync()).Accepted);
        Assert.Single(exchange.Log.Records);
    }

    [Fact]
    public async Task Nothing_has_effect_before_its_decision_is_logged()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();

        exchange.Log.IsFull = true;
        await wijkteam.ReportAsync();
        await Wait.UntilAsync(() => exchange.Log.Refused >= 2);
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        exchange.Log.IsFull = false;

        var receipt = await stream.ReceiptAsync();
        Assert.True(receipt.Accepted);
        Assert.Equal(receipt.DecisionId, Assert.Single(exchange.Log.Records).DecisionId);
        Assert.Equal(1, exchange.Policy.Asked);
    }

    [Fact]
    public async Task An_adapter_whose_broker_was_replaced_reads_the_new_one_from_the_beginning()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        exchange.RequireEmbedded();
        var wijkteam = exchange["wijkteam"];
        using (var stream = wijkteam.Listen())
        {
            await wijkteam.ReportAsync();
            await wijkteam.ReportAsync();
            await stream.ReceiptAsync();
            await stream.ReceiptAsync();
        }

        await exchange.StopAsync(wijkteam);
        await exchange.ReplaceBrokerAsync();
        var about = (await exchange.PersonAsync()).Value;
        for (var i = 0; i < 3; i++)
        {
            var notification = new Notification { NotificationId = $"n{i}", Subject = about, MatchEnded = new MatchEnded { OwnInvolvementId = $"{i}" } };
            await exchange.ProduceAsync(
                Topics.Notifications(wijkteam.Oin), about, notification.ToByteArray(),
                new CloudEvent(notification.NotificationId, CloudEvent.GatewaySource, EventTypes.Notification, DateTimeOffset.UtcNow));
        }

        var next = await exchange.StartAdapterAsync(wijkteam.Oin, "wijkteam");
        using var again = next.Listen();
        foreach (var id in new[] { "0", "1", "2" })
        {
            Assert.Equal(id, (await again.MatchEndedAsync()).OwnInvolvementId);
        }
    }

    [Fact]
    public async Task Events_of_one_person_arrive_in_order()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();

        var report = await wijkteam.ReportAsync();
        for (var i = 0; i < 10; i++)
        {
            await wijkteam.ReportAsync(Change.Updated, r =>
            {
                r.InvolvementId = report.InvolvementId;
                r.Involvement = new Involvement { ContactPhone = $"010-{i}" };
            });
        }

        for (var version = 1; version <= 11; version++)
        {
            var receipt = await stream.ReceiptAsync();
            Assert.Equal((version, true), (receipt.Version, receipt.Accepted));
        }

        Assert.All(exchange.Log.Records.Skip(1), r => Assert.True(r.CallerInvolved));
    }
}
