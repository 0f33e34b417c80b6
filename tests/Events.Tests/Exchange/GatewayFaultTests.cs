using Confluent.Kafka;
using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>After each fault: nothing lost, nothing twice.</summary>
public sealed class GatewayFaultTests
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
    }

    [Fact]
    public async Task A_gateway_that_restarts_does_not_even_send_again_what_it_had_finished()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await veiligThuis.ReportAsync();
        await atWijkteam.MatchAsync();
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        await exchange.CommittedAsync("keten-intake", Topics.Involvement(wijkteam.Oin));
        var sent = await exchange.CountAsync(Topics.Notifications(wijkteam.Oin));

        await exchange.StopGatewayAsync();
        await exchange.StartGatewayAsync();
        await wijkteam.ReportAsync(with: r => r.Purpose = "betrokkenheid-volwassenen");
        await atWijkteam.ReceiptAsync();
        await atWijkteam.ReceiptAsync();

        Assert.Equal((3, 4), (sent, await exchange.CountAsync(Topics.Notifications(wijkteam.Oin))));
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

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    public async Task A_participant_whose_notifications_cannot_be_written_holds_up_nobody_and_is_told_later(ErrorCode code)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var broker = exchange.RequireEmbedded();
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atVeiligThuis = veiligThuis.Listen();

        broker.SetTopicError(Topics.Notifications(wijkteam.Oin), code);
        var report = await wijkteam.ReportAsync();
        await veiligThuis.ReportAsync();
        Assert.True((await atVeiligThuis.ReceiptAsync()).Accepted);
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);

        // A match that waits for the one stops neither the next nor a start.
        await veiligThuis.ReportAsync();
        Assert.True((await atVeiligThuis.ReceiptAsync()).Accepted);
        await atVeiligThuis.MatchAsync();
        await exchange.StopGatewayAsync();
        await exchange.StartGatewayAsync();
        await veiligThuis.ReportAsync();
        Assert.True((await atVeiligThuis.ReceiptAsync()).Accepted);
        await atVeiligThuis.MatchAsync();

        broker.SetTopicError(Topics.Notifications(wijkteam.Oin), ErrorCode.NoError);
        using var atWijkteam = wijkteam.Listen();
        Assert.Equal(report.InvolvementId, (await atWijkteam.ReceiptAsync()).InvolvementId);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(veiligThuis.Oin.Value, (await atWijkteam.MatchAsync()).AboutOin);
        }

        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        await exchange.CommittedAsync("keten-intake", Topics.Involvement(wijkteam.Oin));
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
}
