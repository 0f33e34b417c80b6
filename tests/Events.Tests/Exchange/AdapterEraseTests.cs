using Google.Protobuf;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Protocol.V1;
using Microsoft.Extensions.Time.Testing;

namespace Keten.Events.Tests.Exchange;

/// <summary>What is erased or purged is gone everywhere, and nothing that comes again brings it back.</summary>
public sealed class AdapterEraseTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_erased_involvement_is_forgotten_here_at_the_gateway_and_by_the_broker_and_others_hear_that_it_ended(bool whole)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        var report = await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await exchange["veilig-thuis"].ReportAsync();
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);

        var erased = await wijkteam.CaseSystem.EraseInvolvementsAsync(whole
            ? new EraseInvolvementsRequest { ClientId = TheAdapter.Client } : new EraseInvolvementsRequest { InvolvementId = report.InvolvementId });

        Assert.Equal(1, erased.Erased);
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchEndedAsync()).AboutOin);
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        var written = (await exchange.ReadAsync(Topics.Involvement(wijkteam.Oin), 3)).OrderBy(r => r.Offset.Value).ToList();
        Assert.Equal([false, false, true], written.Select(r => r.Message.Value is null));
        Assert.Single(written.Select(r => Convert.ToHexString(r.Message.Key)).Distinct());
        Assert.Contains(await exchange.ReadAsync(Topics.InvolvementByPerson, 4), r => r.Message.Value is null);
        var record = Assert.Single(exchange.Log.Records, r => r.Action == "erase");
        Assert.Equal(
            ("intake", wijkteam.Oin.Value, "wijkteam", (await exchange.PersonAsync()).Value, "betrokkenheid-jeugd", true),
            (record.EnforcementPoint, record.Caller.Oin, record.Caller.OrganisationType, record.Subject, record.Purpose, record.Allowed));
        Assert.Equal(0, TheDatabase.Count(exchange, wijkteam, "involvement"));
        Assert.Equal(0, TheDatabase.Count(exchange, wijkteam, "inbox", "subject <> ''"));
        Assert.Equal(0, (await wijkteam.CaseSystem.EraseInvolvementsAsync(new EraseInvolvementsRequest { ClientId = TheAdapter.Client })).Erased);
    }

    [Fact]
    public async Task What_was_reported_before_the_erasure_and_not_yet_published_does_not_outlive_it()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis");
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.ReceiptAsync();
        var oin = await exchange.RegisterAsync("wijkteam");
        var cut = await exchange.StartAdapterAsync(oin, "wijkteam", connected: false);
        await cut.ReportAsync(Change.Started, "zaak-1");
        await cut.CaseSystem.EraseInvolvementsAsync(new EraseInvolvementsRequest { InvolvementId = "zaak-1" });
        await exchange.StopAsync(cut);

        await exchange.StartAdapterAsync(oin, "wijkteam");

        Assert.Equal(oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);
        Assert.Equal(oin.Value, (await atVeiligThuis.MatchEndedAsync()).AboutOin);
        Assert.False(exchange.Gateway.View.IsInvolved(oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
    }

    [Fact]
    public async Task The_same_id_may_be_reported_anew_after_an_erasure_and_all_hear_of_it_again()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.ReceiptAsync();
        for (var life = 0; life < 2; life++)
        {
            var report = await wijkteam.ReportAsync(Change.Started, "zaak-1");
            Assert.Equal(1 + (2 * life), report.Version);
            Assert.Equal(report.Version, (await atWijkteam.ReceiptAsync()).Version);
            await atVeiligThuis.MatchAsync();
            await wijkteam.CaseSystem.EraseInvolvementsAsync(new EraseInvolvementsRequest { InvolvementId = "zaak-1" });
            await atVeiligThuis.MatchEndedAsync();
        }
    }

    [Fact]
    public async Task An_erasure_that_comes_twice_does_not_end_what_was_reported_anew_since()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await atVeiligThuis.MatchAsync();
        await wijkteam.CaseSystem.EraseInvolvementsAsync(new EraseInvolvementsRequest { InvolvementId = "zaak-1" });
        await atVeiligThuis.MatchEndedAsync();
        await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await atVeiligThuis.MatchAsync();
        var topic = Topics.Involvement(wijkteam.Oin);
        var erased = (await exchange.ReadAsync(topic, 4)).Single(r => r.Message.Value is { } value && InvolvementChanged.Parser.ParseFrom(value).Change == Change.Erased);

        await exchange.ProduceAsync(topic, "zaak-1", erased.Message.Value,
            new CloudEvent("again", CloudEvent.SourceOf(wijkteam.Oin), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow), (await exchange.PersonAsync()).Value);
        await exchange.CommittedAsync(ConsumerGroups.Intake, topic);

        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.MatchAsync();
        Assert.DoesNotContain(atVeiligThuis.Kept, n => n.Notification.ContentCase == Notification.ContentOneofCase.MatchEnded);
    }

    [Fact]
    public async Task An_erasure_by_who_lost_count_of_the_versions_is_told_to_who_knew()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await atVeiligThuis.MatchAsync();
        await wijkteam.ReportAsync(Change.Updated, "zaak-1");
        await atWijkteam.ReceiptAsync();
        await atWijkteam.ReceiptAsync();
        var person = (await exchange.PersonAsync()).Value;
        var erased = new InvolvementChanged
        {
            Change = Change.Erased, InvolvementId = "zaak-1", Version = 2, Subject = person, Purpose = "betrokkenheid-jeugd",
            OccurredAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddMinutes(1)),
        };

        await exchange.ProduceAsync(Topics.Involvement(wijkteam.Oin), "zaak-1", erased.ToByteArray(),
            new CloudEvent("lost-count", CloudEvent.SourceOf(wijkteam.Oin), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow), person);

        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchEndedAsync()).AboutOin);
        await Wait.UntilAsync(() => !exchange.Gateway.View.IsInvolved(wijkteam.Oin, Contracts.Identifiers.Pseudonym.Parse(person), "betrokkenheid-jeugd"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_another_gateway_was_still_writing_brings_an_erased_involvement_back_neither_here_nor_in_the_topic(bool reminded)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await atVeiligThuis.MatchAsync();
        var records = await exchange.ReadAsync(Topics.InvolvementByPerson, 2);
        await wijkteam.CaseSystem.EraseInvolvementsAsync(new EraseInvolvementsRequest { InvolvementId = "zaak-1" });
        await atVeiligThuis.MatchEndedAsync();
        await Wait.UntilAsync(() => exchange.Gateway.Count == 1);

        // As a sweeper or an intake that stood still meanwhile goes on: a record of the version it knew, behind the tombstone.
        var late = records.Select(r => AuthorisedInvolvement.Parser.ParseFrom(r.Message.Value)).Single(a => a.Oin == wijkteam.Oin.Value);
        late.Reminded = reminded;
        await exchange.ProduceAsync(
            Topics.InvolvementByPerson, $"{late.Event.Subject}/{late.Oin}/{late.Event.InvolvementId}", late.ToByteArray(),
            new CloudEvent("late", CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, DateTimeOffset.UtcNow), late.Event.Subject);

        // Start of both, end, tombstone, the late one, and the tombstone again: what compaction keeps is that it is forgotten.
        Assert.Null((await exchange.ReadAsync(Topics.InvolvementByPerson, 6))[^1].Message.Value);
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        await exchange.StopGatewayAsync();
        await exchange.StartGatewayAsync();
        Assert.Equal(1, exchange.Gateway.Count);
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.ReceiptAsync();
        Assert.DoesNotContain(atVeiligThuis.Kept, n => n.Notification.ContentCase == Notification.ContentOneofCase.Match);
    }

    [Fact]
    public async Task A_report_from_before_the_erasure_that_comes_again_stays_without_effect()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await atVeiligThuis.MatchAsync();
        var topic = Topics.Involvement(wijkteam.Oin);
        var start = (await exchange.ReadAsync(topic, 1))[0];
        await wijkteam.CaseSystem.EraseInvolvementsAsync(new EraseInvolvementsRequest { InvolvementId = "zaak-1" });
        await atVeiligThuis.MatchEndedAsync();

        await exchange.ProduceAsync(topic, "zaak-1", start.Message.Value,
            new CloudEvent("again", CloudEvent.SourceOf(wijkteam.Oin), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow), (await exchange.PersonAsync()).Value);
        await exchange.CommittedAsync(ConsumerGroups.Intake, topic);

        Assert.Equal(1, exchange.Gateway.Count);
        Assert.Equal(0, await exchange.CountAsync(Topics.DeadLetter(topic)));
        Assert.Equal(3, exchange.Log.Records.Count);
    }

    [Fact]
    public async Task The_broker_forgets_what_ended_and_the_gateway_neither_does_nor_tells_anything_about_that()
    {
        await using var exchange = await TheExchange.StartAsync("veilig-thuis");
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var wijkteam = await exchange.StartAdapterAsync(await exchange.RegisterAsync("wijkteam"), "wijkteam", time: time);
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await wijkteam.ReportAsync(Change.Ended, "zaak-1");
        await atVeiligThuis.MatchEndedAsync();
        await Wait.UntilAsync(() => TheDatabase.Count(exchange, wijkteam, "involvement", "answer = 'ALLOWED'") == 1);
        var decided = exchange.Log.Records.Count;

        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromDays(31));
            return TheDatabase.Count(exchange, wijkteam, "involvement", "ended = 1 AND ended_at IS NULL") == 1;
        });

        var topic = Topics.Involvement(wijkteam.Oin);
        Assert.Equal([false, false, true], (await exchange.ReadAsync(topic, 3)).OrderBy(r => r.Offset.Value).Select(r => r.Message.Value is null));
        await exchange.CommittedAsync(ConsumerGroups.Intake, topic);
        Assert.Equal((decided, 0), (exchange.Log.Records.Count, await exchange.CountAsync(Topics.DeadLetter(topic))));
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        await exchange.TellAsync(exchange["veilig-thuis"].Oin, (await exchange.PersonAsync()).Value, "last");
        Assert.Equal("last", (await atVeiligThuis.MatchEndedAsync()).OwnInvolvementId);
    }

    [Fact]
    public async Task A_handled_notification_goes_after_its_retention_and_its_repeat_has_no_effect()
    {
        await using var exchange = await TheExchange.StartAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var oin = await exchange.RegisterAsync("wijkteam");
        var wijkteam = await exchange.StartAdapterAsync(oin, "wijkteam", time: time);
        var about = (await exchange.PersonAsync()).Value;
        await TellAsync("n1");
        await TellAsync("n2");
        using (var stream = wijkteam.Listen())
        {
            var first = await stream.NextAsync(Notification.ContentOneofCase.MatchEnded);
            await stream.MatchEndedAsync();
            await wijkteam.CaseSystem.AcknowledgeNotificationsAsync(new AcknowledgeNotificationsRequest { ResumeToken = first.ResumeToken });
        }

        await Wait.UntilAsync(() =>
        {
            // Whatever timer was set last, it is over now.
            time.Advance(TimeSpan.FromDays(31));
            return TheDatabase.Count(exchange, wijkteam, "inbox") == 1;
        });
        await TellAsync("n1");
        await TellAsync("n3");
        using var again = wijkteam.Listen();
        Assert.Equal("n2", (await again.NextAsync(Notification.ContentOneofCase.MatchEnded)).Notification.NotificationId);
        var last = await again.NextAsync(Notification.ContentOneofCase.MatchEnded);
        Assert.Equal("n3", last.Notification.NotificationId);
        await wijkteam.CaseSystem.AcknowledgeNotificationsAsync(new AcknowledgeNotificationsRequest { ResumeToken = last.ResumeToken });

        // A mark whose row is purged is still a place to go on from.
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromDays(31));
            return TheDatabase.Count(exchange, wijkteam, "inbox") == 0;
        });
        using var after = wijkteam.Listen(last.ResumeToken);
        await TellAsync("n4");
        Assert.Equal("n4", (await after.NextAsync(Notification.ContentOneofCase.MatchEnded)).Notification.NotificationId);

        Task TellAsync(string id) => exchange.TellAsync(oin, about, id);
    }
}
