using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>Rule M6: what days bring about.</summary>
public sealed class ExpiryTests
{
    private const string Adult = "betrokkenheid-volwassenen";

    [Fact]
    public async Task Who_does_not_confirm_for_180_days_is_reminded_then_ended_and_after_30_days_forgotten()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        var own = await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var start = exchange.Clock.Today;
        exchange.Clock.GoTo(start.AddDays(100));
        await veiligThuis.ReportAsync();
        await atVeiligThuis.MatchAsync();
        await atWijkteam.MatchAsync();

        exchange.Clock.GoTo(start.AddDays(165));
        await exchange.Gateway.SweepAsync();
        exchange.Clock.GoTo(start.AddDays(166));
        await exchange.Gateway.SweepAsync();
        var soon = (await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEndsSoon)).Notification.InvolvementEndsSoon;
        Assert.Equal(
            (own.InvolvementId, EndReason.NotConfirmed, start.AddDays(180).ToString("O")), (soon.OwnInvolvementId, soon.Reason, soon.EndsOn));

        exchange.Clock.GoTo(start.AddDays(180));
        await exchange.Gateway.SweepAsync();
        var ended = (await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEnded)).Notification.InvolvementEnded;
        Assert.Equal((own.InvolvementId, EndReason.NotConfirmed), (ended.OwnInvolvementId, ended.Reason));
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchEndedAsync()).AboutOin);
        Assert.False(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));

        exchange.Clock.GoTo(start.AddDays(210));
        Assert.Equal(2, exchange.Gateway.Count);
        await exchange.Gateway.SweepAsync();
        await Wait.UntilAsync(() => exchange.Gateway.Count == 1);
        var last = (await exchange.ReadAsync(Topics.InvolvementByPerson, (int)await exchange.CountAsync(Topics.InvolvementByPerson)))
            .Last(r => System.Text.Encoding.UTF8.GetString(r.Message.Key).EndsWith(own.InvolvementId, StringComparison.Ordinal));
        Assert.Null(last.Message.Value);
        Assert.Empty(atWijkteam.Kept);
    }

    [Fact]
    public async Task A_clock_that_jumps_back_repeats_nothing_and_ends_nothing()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        await veiligThuis.ReportAsync();
        await atWijkteam.MatchAsync();
        await atWijkteam.NextAsync(Notification.ContentOneofCase.LeadAsked);
        var start = exchange.Clock.Today;

        exchange.Clock.GoTo(start.AddDays(-3));
        await exchange.Gateway.SweepAsync();
        exchange.Clock.GoTo(start.AddDays(-400));
        await exchange.Gateway.SweepAsync();
        exchange.Clock.GoTo(start);
        await exchange.Gateway.SweepAsync();

        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        await veiligThuis.ReportAsync();
        await atWijkteam.MatchAsync();
        Assert.DoesNotContain(atWijkteam.Kept, n => n.Notification.ContentCase
            is Notification.ContentOneofCase.InvolvementEnded or Notification.ContentOneofCase.InvolvementEndsSoon or Notification.ContentOneofCase.MatchEnded);
    }

    [Fact]
    public async Task A_clock_that_jumps_ahead_and_back_reminds_and_ends_once()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        await veiligThuis.ReportAsync();
        await atVeiligThuis.ReceiptAsync();
        await wijkteam.ReportAsync();
        await atVeiligThuis.MatchAsync();
        var start = exchange.Clock.Today;

        // Each day comes twice, and the last as it truly comes.
        foreach (var day in new[] { 170, 0, 170, 5, 185, 0, 185, 166, 180 })
        {
            exchange.Clock.GoTo(start.AddDays(day));
            await exchange.Gateway.SweepAsync();
            await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        }

        // Of each kind one to each of the two; who was ended first is told of no match that ended.
        await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEnded);
        exchange.Clock.GoTo(start);
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        await atWijkteam.ReceiptAsync();
        await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEndsSoon);
        Assert.DoesNotContain(atWijkteam.Kept, n => n.Notification.ContentCase
            is Notification.ContentOneofCase.InvolvementEnded or Notification.ContentOneofCase.InvolvementEndsSoon);
    }

    [Fact]
    public async Task A_confirmation_puts_off_the_end()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        var own = await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var start = exchange.Clock.Today;

        exchange.Clock.GoTo(start.AddDays(170));
        await UpdateAsync(wijkteam, own.InvolvementId, new Involvement { LastConfirmedOn = exchange.Clock.Today.ToString("O") });
        await atWijkteam.ReceiptAsync();
        exchange.Clock.GoTo(start.AddDays(181));
        await exchange.Gateway.SweepAsync();

        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        Assert.Empty(atWijkteam.Kept);
    }

    [Fact]
    public async Task An_end_date_that_is_reached_ends_and_its_day_is_announced()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.ReceiptAsync();
        var own = await wijkteam.ReportAsync();
        await atVeiligThuis.MatchAsync();
        var end = exchange.Clock.Today.AddDays(40);

        await UpdateAsync(wijkteam, own.InvolvementId, new Involvement { EndedOn = end.ToString("O") });
        var changed = (await atVeiligThuis.NextAsync(Notification.ContentOneofCase.RoleChanged)).Notification.RoleChanged;
        Assert.Equal(["ended_on"], changed.ChangedFields);
        Assert.Empty(changed.Roles);
        exchange.Clock.GoTo(end.AddDays(-14));
        await exchange.Gateway.SweepAsync();
        var soon = (await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEndsSoon)).Notification.InvolvementEndsSoon;
        Assert.Equal((EndReason.EndedOn, end.ToString("O")), (soon.Reason, soon.EndsOn));
        exchange.Clock.GoTo(end);
        await exchange.Gateway.SweepAsync();

        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchEndedAsync()).AboutOin);
    }

    [Fact]
    public async Task A_person_who_surely_is_23_leaves_the_youth_index()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        var own = await wijkteam.ReportAsync(with: r => r.AssertedFacts = Facts("""{"subject_age":22,"subject_informed":true,"risk_assessed":true}"""));
        await atWijkteam.ReceiptAsync();
        var start = exchange.Clock.Today;

        // Confirmed with the same age: the end goes along with what is known of the birthday.
        exchange.Clock.GoTo(start.AddDays(170));
        await UpdateAsync(wijkteam, own.InvolvementId, new Involvement { LastConfirmedOn = "2026-01-01" }, """{"subject_age":22}""");
        await atWijkteam.ReceiptAsync();
        exchange.Clock.GoTo(start.AddDays(330));
        await UpdateAsync(wijkteam, own.InvolvementId, new Involvement { LastConfirmedOn = "2026-01-02" });
        await atWijkteam.ReceiptAsync();
        exchange.Clock.GoTo(start.AddDays(509));
        await UpdateAsync(wijkteam, own.InvolvementId, new Involvement { LastConfirmedOn = "2026-01-03" });
        await atWijkteam.ReceiptAsync();
        await exchange.Gateway.SweepAsync();
        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        exchange.Clock.GoTo(start.AddDays(170).AddYears(1));
        await exchange.Gateway.SweepAsync();

        var ended = (await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEnded)).Notification.InvolvementEnded;
        Assert.Equal(EndReason.Age, ended.Reason);
    }

    [Fact]
    public async Task Consent_that_is_withdrawn_ends_an_involvement_in_the_adult_index()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync(with: r => r.Purpose = Adult);
        await atVeiligThuis.ReceiptAsync();
        var own = await wijkteam.ReportAsync(with: r => r.Purpose = Adult);
        await atVeiligThuis.MatchAsync();

        await UpdateAsync(wijkteam, own.InvolvementId, new Involvement { ContactPhone = "010-7654321" }, """{"consent":"withdrawn"}""");

        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchEndedAsync()).AboutOin);
        var ended = (await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEnded)).Notification.InvolvementEnded;
        Assert.Equal(EndReason.ConsentWithdrawn, ended.Reason);
        Assert.Empty(atVeiligThuis.Kept);
    }

    [Fact]
    public async Task What_was_ended_may_be_started_again_and_matches()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        var own = await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        exchange.Clock.GoTo(exchange.Clock.Today.AddDays(180));
        await exchange.Gateway.SweepAsync();
        await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEnded);
        await veiligThuis.ReportAsync();
        await atVeiligThuis.ReceiptAsync();

        await wijkteam.ReportAsync(Change.Started, r => r.InvolvementId = own.InvolvementId);

        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);
        Assert.Equal(veiligThuis.Oin.Value, (await atWijkteam.MatchAsync()).AboutOin);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_gateway_ended_itself_stays_shielded_when_it_is_started_again(bool byConsent)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        var purpose = byConsent ? Adult : "betrokkenheid-jeugd";
        var own = await wijkteam.ReportAsync(with: r => (r.Purpose, r.Shielded) = (purpose, true));
        await atWijkteam.ReceiptAsync();
        if (byConsent)
        {
            await SendAsync(2, r => (r.Change, r.AssertedFacts) = (Change.Updated, Facts("""{"consent":"withdrawn"}""")));
            await atWijkteam.ReceiptAsync();
        }

        exchange.Clock.GoTo(exchange.Clock.Today.AddDays(byConsent ? 0 : 180));
        await exchange.Gateway.SweepAsync();
        await atWijkteam.NextAsync(Notification.ContentOneofCase.InvolvementEnded);
        await veiligThuis.ReportAsync(with: r => r.Purpose = purpose);
        await atVeiligThuis.ReceiptAsync();

        await SendAsync(3, r => r.AssertedFacts = Facts("""{"subject_informed":true}"""));
        Assert.True((await atWijkteam.ReceiptAsync()).Accepted);
        Assert.Equal(veiligThuis.Oin.Value, (await atWijkteam.MatchAsync()).AboutOin);
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        Assert.Equal(1, await exchange.CountAsync(Topics.Notifications(veiligThuis.Oin)));

        // As a case system that keeps the mark of nothing sends it, and an adapter that would not add it.
        async Task SendAsync(long version, Action<InvolvementChanged> with)
        {
            var report = new InvolvementChanged
            {
                Change = Change.Started, InvolvementId = own.InvolvementId, Version = version, Purpose = purpose, Subject = (await exchange.PersonAsync()).Value,
            };
            with(report);
            await exchange.ProduceAsync(
                Topics.Involvement(wijkteam.Oin), report.InvolvementId, report.ToByteArray(),
                new CloudEvent($"{version}", CloudEvent.SourceOf(wijkteam.Oin), EventTypes.InvolvementChanged, DateTimeOffset.UtcNow), report.Subject);
        }
    }

    [Fact]
    public async Task Two_gateways_and_restarts_remind_and_end_once()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.ReceiptAsync();
        await wijkteam.ReportAsync();
        await atVeiligThuis.MatchAsync();
        var start = exchange.Clock.Today;
        exchange.Clock.GoTo(start.AddDays(5));
        await exchange["veilig-thuis"].ReportAsync();
        await atWijkteam.MatchAsync();
        await atWijkteam.MatchAsync();

        foreach (var day in new[] { 166, 180 })
        {
            exchange.Clock.GoTo(start.AddDays(day));
            await exchange.Gateway.SweepAsync();
            await exchange.Gateway.SweepAsync();
            await atWijkteam.NextAsync(day == 166 ? Notification.ContentOneofCase.InvolvementEndsSoon : Notification.ContentOneofCase.InvolvementEnded);
            await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
            var told = await exchange.CountAsync(Topics.Notifications(wijkteam.Oin));
            await exchange.StopGatewayAsync();
            await exchange.StartGatewayAsync();
            await exchange.Gateway.SweepAsync();
            await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
            Assert.Equal(told, await exchange.CountAsync(Topics.Notifications(wijkteam.Oin)));
        }
    }

    [Fact]
    public async Task A_tombstone_that_comes_too_late_takes_nothing_away()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var atWijkteam = wijkteam.Listen();
        var own = await wijkteam.ReportAsync();
        await UpdateAsync(wijkteam, own.InvolvementId, new Involvement { ContactPhone = "010-7654321" });
        await atWijkteam.ReceiptAsync();
        await atWijkteam.ReceiptAsync();
        var person = await exchange.PersonAsync();

        await exchange.ProduceAsync(
            Topics.InvolvementByPerson, $"{person.Value}/{wijkteam.Oin.Value}/{own.InvolvementId}", null,
            new CloudEvent("late", CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, DateTimeOffset.UtcNow), person.Value,
            new Confluent.Kafka.Header("keten-version", "1"u8.ToArray()));

        // What compaction would keep is what is held: it was written again.
        var records = await exchange.ReadAsync(Topics.InvolvementByPerson, 4);
        var last = AuthorisedInvolvement.Parser.ParseFrom(records[^1].Message.Value);
        Assert.Equal((2, "010-7654321", "meldpunt"), (last.Event.Version, last.Event.Involvement.ContactPhone, last.Event.Involvement.ContactDesk));
        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, person, "betrokkenheid-jeugd"));
    }

    private static Task<ReportInvolvementResponse> UpdateAsync(TheAdapter adapter, string involvementId, Involvement involvement, string? facts = null) =>
        adapter.ReportAsync(Change.Updated, r =>
        {
            r.InvolvementId = involvementId;
            r.Purpose = "";
            r.Involvement = involvement;
            r.AssertedFacts = facts is null ? ByteString.Empty : Facts(facts);
        });

    private static ByteString Facts(string json) => ByteString.CopyFromUtf8(json);
}
