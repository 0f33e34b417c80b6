using Google.Protobuf;
using Keten.Events.Operation;
using Keten.Events.Tests.Exchange;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Events.Tests.Operation;

public sealed class OperatorTests
{
    private static readonly ByteString NotInformed = ByteString.CopyFromUtf8("""{"subject_age":9,"risk_assessed":true}""");

    [Fact]
    public async Task Lag_is_what_the_gateways_have_not_finished_and_nothing_when_they_have()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        await wijkteam.ReportAsync();
        await stream.ReceiptAsync();
        await exchange.CommittedAsync(ConsumerGroups.Intake, topic);
        var marks = new BrokerMarks(Clients(exchange));
        Assert.Equal(0, marks.Lag(ConsumerGroups.Intake, [topic]).Sum(l => l.Lag));

        await exchange.StopGatewayAsync();
        await wijkteam.ReportAsync();
        await wijkteam.ReportAsync();
        await Wait.UntilAsync(() => marks.Lag(ConsumerGroups.Intake, [topic]).Sum(l => l.Lag) == 2);

        Assert.Empty(marks.Lag(ConsumerGroups.Intake, ["keten.no-such-topic"]));
        await exchange.StartGatewayAsync();
        await stream.ReceiptAsync();
        await stream.ReceiptAsync();
        await exchange.CommittedAsync(ConsumerGroups.Intake, topic);
        Assert.Equal(0, marks.Lag(ConsumerGroups.Intake, [topic]).Sum(l => l.Lag));
    }

    [Fact]
    public async Task A_dead_letter_is_listed_with_its_reason_and_has_its_effect_when_its_cause_is_gone()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var report = await wijkteam.ReportAsync(with: r => r.AssertedFacts = NotInformed);
        Assert.False((await stream.ReceiptAsync()).Accepted);
        var box = new DeadLetterBox(Clients(exchange), TimeProvider.System);

        var letter = Assert.Single(box.Read([topic], CancellationToken.None));
        Assert.Equal(("SUBJECT_NOT_INFORMED", true, false), (letter.Reason, letter.HasContent, letter.IsRedriven));
        Assert.Equal(topic, letter.Original!.Topic);

        Assert.Equal(RedriveResult.Redriven, Assert.Single(await box.RedriveAsync([letter], dryRun: true, CancellationToken.None)).Result);
        Assert.False(Assert.Single(box.Read([topic], CancellationToken.None)).IsRedriven);

        exchange.Policy.AllowsAll = true;
        Assert.Equal(RedriveResult.Redriven, Assert.Single(await box.RedriveAsync([letter], dryRun: false, CancellationToken.None)).Result);

        await Wait.UntilAsync(() => exchange.Log.Records.Any(r => r.Allowed));
        Assert.True(Assert.Single(box.Read([topic], CancellationToken.None)).IsRedriven);
        Assert.Equal(2, (await exchange.ReadAsync(topic, 2)).Count);
        Assert.NotEmpty(report.InvolvementId);
    }

    [Fact]
    public async Task A_dead_letter_that_a_newer_report_follows_is_left_where_it_is()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var refused = await wijkteam.ReportAsync(with: r => r.AssertedFacts = NotInformed);
        Assert.False((await stream.ReceiptAsync()).Accepted);
        await wijkteam.ReportAsync(with: r => r.InvolvementId = refused.InvolvementId);
        Assert.True((await stream.ReceiptAsync()).Accepted);
        var box = new DeadLetterBox(Clients(exchange), TimeProvider.System);

        var result = Assert.Single(await box.RedriveAsync(box.Read([topic], CancellationToken.None), dryRun: false, CancellationToken.None)).Result;

        Assert.Equal(RedriveResult.Superseded, result);
        Assert.Equal(2, await exchange.CountAsync(topic));
    }

    [Theory]
    [InlineData(6, RedriveResult.Redriven)]
    [InlineData(8, RedriveResult.TooOld)]
    public async Task A_letter_is_left_where_it_is_when_an_erasure_since_might_be_forgotten(int days, RedriveResult expected)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        await wijkteam.ReportAsync(with: r => r.AssertedFacts = NotInformed);
        Assert.False((await stream.ReceiptAsync()).Accepted);
        var time = new TheClock();
        time.GoTo(time.Today.AddDays(days));
        var box = new DeadLetterBox(Clients(exchange), time);

        var result = Assert.Single(await box.RedriveAsync(box.Read([topic], CancellationToken.None), dryRun: false, CancellationToken.None)).Result;

        Assert.Equal(expected, result);
        Assert.Equal(expected == RedriveResult.Redriven ? 2 : 1, await exchange.CountAsync(topic));
    }

    [Fact]
    public async Task A_letter_without_the_record_cannot_be_put_back()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        var topic = Topics.Involvement(wijkteam.Oin);
        await exchange.ProduceAsync(topic, "i1", new byte[200_000],
            new CloudEvent("too-large", CloudEvent.SourceOf(wijkteam.Oin), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow));
        var box = new DeadLetterBox(Clients(exchange), TimeProvider.System);
        await Wait.UntilAsync(() => box.Read([topic], CancellationToken.None).Count == 1);

        var results = await box.RedriveAsync(box.Read([topic], CancellationToken.None), dryRun: false, CancellationToken.None);

        Assert.Equal(RedriveResult.WithoutContent, Assert.Single(results).Result);
    }

    [Fact]
    public async Task A_record_of_the_gateways_own_is_not_put_back()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        await exchange.ProduceAsync(Topics.InvolvementByPerson, "i1", [1, 2, 3],
            new CloudEvent("no-gateway-wrote-this", CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, DateTimeOffset.UtcNow));
        var box = new DeadLetterBox(Clients(exchange), TimeProvider.System);
        await Wait.UntilAsync(() => box.Read([Topics.InvolvementByPerson], CancellationToken.None).Count == 1);

        var (letter, result) = Assert.Single(await box.RedriveAsync(box.Read([Topics.InvolvementByPerson], CancellationToken.None), dryRun: false, CancellationToken.None));

        Assert.Equal(("EVENT_MALFORMED", RedriveResult.NoReport), (letter.Reason, result));
        Assert.Equal(1, await exchange.CountAsync(Topics.InvolvementByPerson));
    }

    [Fact]
    public async Task What_is_replayed_has_no_second_effect()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var stream = wijkteam.Listen();
        var topic = Topics.Involvement(wijkteam.Oin);
        var report = await wijkteam.ReportAsync();
        await stream.ReceiptAsync();
        await veiligThuis.ReportAsync();
        await stream.MatchAsync();
        await exchange.CommittedAsync(ConsumerGroups.Intake, topic);
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        var marks = new BrokerMarks(Clients(exchange));
        string[] topics = [topic, Topics.Involvement(veiligThuis.Oin)];
        Assert.Throws<GroupAtWorkException>(() => marks.SetBack(ConsumerGroups.Intake, topics, DateTimeOffset.UtcNow.AddHours(-1), dryRun: false, CancellationToken.None));
        await exchange.StopGatewayAsync();

        Assert.Empty(marks.SetBack(ConsumerGroups.Intake, topics, DateTimeOffset.UtcNow.AddHours(1), dryRun: false, CancellationToken.None));
        Assert.Equal(2, marks.SetBack(ConsumerGroups.Intake, topics, DateTimeOffset.UtcNow.AddHours(-1), dryRun: true, CancellationToken.None).Sum(b => b.Lag));
        Assert.Equal(0, marks.Lag(ConsumerGroups.Intake, [topic]).Sum(l => l.Lag));
        marks.SetBack(ConsumerGroups.Intake, topics, DateTimeOffset.UtcNow.AddHours(-1), dryRun: false, CancellationToken.None);
        marks.SetBack(ConsumerGroups.Matcher, [Topics.InvolvementByPerson], DateTimeOffset.UtcNow.AddHours(-1), dryRun: false, CancellationToken.None);
        Assert.Equal(1, marks.Lag(ConsumerGroups.Intake, [topic]).Sum(l => l.Lag));
        Assert.Equal(2, marks.Lag(ConsumerGroups.Matcher, [Topics.InvolvementByPerson]).Sum(l => l.Lag));

        await exchange.StartGatewayAsync();
        await exchange.CommittedAsync(ConsumerGroups.Intake, topic);
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        await wijkteam.ReportAsync();
        await stream.ReceiptAsync();
        Assert.DoesNotContain(stream.Kept, n => n.Notification.Match?.OwnInvolvementId == report.InvolvementId);
    }

    [Fact]
    public async Task Who_was_suspended_hears_after_a_replay_what_it_missed_and_who_was_told_hears_nothing_twice()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis", "ggd");
        var (wijkteam, veiligThuis, ggd) = (exchange["wijkteam"], exchange["veilig-thuis"], exchange["ggd"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        var own = await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var from = DateTimeOffset.UtcNow;
        exchange.Registry.Register(wijkteam.Oin, "wijkteam", "suspended");
        await veiligThuis.ReportAsync();
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        Assert.Equal(1, await exchange.CountAsync(Topics.Notifications(wijkteam.Oin)));

        exchange.Registry.Register(wijkteam.Oin, "wijkteam");
        await exchange.StopGatewayAsync();
        new BrokerMarks(Clients(exchange)).SetBack(ConsumerGroups.Matcher, [Topics.InvolvementByPerson], from, dryRun: false, CancellationToken.None);
        await exchange.StartGatewayAsync();

        var match = await atWijkteam.MatchAsync();
        Assert.Equal((veiligThuis.Oin.Value, own.InvolvementId), (match.AboutOin, match.OwnInvolvementId));
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        await ggd.ReportAsync();
        Assert.Equal(ggd.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);
    }

    private static KafkaClients Clients(TheExchange exchange) => new(exchange.Events, NullLogger<KafkaClients>.Instance);
}
