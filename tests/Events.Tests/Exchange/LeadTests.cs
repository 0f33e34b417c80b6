using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>Rule M7: who has the lead?</summary>
public sealed class LeadTests
{
    private const Notification.ContentOneofCase Asked = Notification.ContentOneofCase.LeadAsked;
    private const Notification.ContentOneofCase Missing = Notification.ContentOneofCase.LeadMissing;

    [Fact]
    public async Task The_first_match_asks_all_parties_and_the_next_match_does_not()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis", "ggd");
        using var atWijkteam = exchange["wijkteam"].Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        using var atGgd = exchange["ggd"].Listen();
        exchange.Clock.GoTo(new DateOnly(2027, 4, 22));
        var first = await exchange["wijkteam"].ReportAsync();
        await atWijkteam.ReceiptAsync();
        await exchange["veilig-thuis"].ReportAsync();

        var asked = (await atWijkteam.NextAsync(Asked)).Notification.LeadAsked;

        // Friday, Monday, no King's Day, Wednesday, Thursday, Friday.
        Assert.Equal((first.InvolvementId, "betrokkenheid-jeugd", "2027-04-30"), (asked.OwnInvolvementId, asked.Purpose, asked.AnswerBy));
        await atVeiligThuis.NextAsync(Asked);
        await exchange["ggd"].ReportAsync();
        await atGgd.MatchAsync();
        await atGgd.MatchAsync();
        await atGgd.ReceiptAsync();
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        Assert.Equal(3, await exchange.CountAsync(Topics.Notifications(exchange["ggd"].Oin)));
    }

    [Fact]
    public async Task Nobody_is_asked_who_may_not_know_that_there_is_another_and_nobody_when_there_is_a_lead()
    {
        await using var exchange = await TheExchange.StartAsync("ggd", "politie");
        using var atGgd = exchange["ggd"].Listen();
        using var atPolitie = exchange["politie"].Listen();
        await exchange["politie"].ReportAsync();
        await exchange["ggd"].ReportAsync();
        await atGgd.NextAsync(Asked);
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        await atPolitie.ReceiptAsync();
        Assert.Equal(1, await exchange.CountAsync(Topics.Notifications(exchange["politie"].Oin)));
    }

    [Fact]
    public async Task After_five_working_days_without_an_answer_the_involved_gemeente_hears_of_it_once()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis", "gemeente");
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        using var atGemeente = exchange["gemeente"].Listen();
        exchange.Clock.GoTo(new DateOnly(2027, 6, 7));
        await exchange["wijkteam"].ReportAsync();
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.NextAsync(Asked);
        await exchange["gemeente"].ReportAsync();
        await atGemeente.MatchAsync();

        exchange.Clock.GoTo(new DateOnly(2027, 6, 14));
        await exchange.Gateway.SweepAsync();
        exchange.Clock.GoTo(new DateOnly(2027, 6, 15));
        await exchange.Gateway.SweepAsync();

        var missing = (await atGemeente.NextAsync(Missing)).Notification;
        Assert.Equal(("betrokkenheid-jeugd", "2027-06-07"), (missing.LeadMissing.Purpose, missing.LeadMissing.AskedOn));
        await exchange.Gateway.SweepAsync();
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        var told = await exchange.CountAsync(Topics.Notifications(exchange["gemeente"].Oin));
        await exchange.StopGatewayAsync();
        await exchange.StartGatewayAsync();
        await exchange.Gateway.SweepAsync();
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);
        Assert.Equal(told, await exchange.CountAsync(Topics.Notifications(exchange["gemeente"].Oin)));
    }

    [Fact]
    public async Task An_answer_by_anyone_in_time_and_nothing_is_passed_on()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis", "gemeente");
        using var atWijkteam = exchange["wijkteam"].Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        using var atGemeente = exchange["gemeente"].Listen();
        exchange.Clock.GoTo(new DateOnly(2027, 6, 7));
        await exchange["wijkteam"].ReportAsync();
        await atWijkteam.ReceiptAsync();
        var own = await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.NextAsync(Asked);
        await exchange["gemeente"].ReportAsync();
        await atGemeente.MatchAsync();

        await exchange["veilig-thuis"].ReportAsync(Change.Updated, r =>
        {
            r.InvolvementId = own.InvolvementId;
            r.Involvement = new Involvement { CaseLead = true };
        });
        await atGemeente.NextAsync(Notification.ContentOneofCase.RoleChanged);
        exchange.Clock.GoTo(new DateOnly(2027, 6, 21));
        var told = await exchange.CountAsync(Topics.Notifications(exchange["gemeente"].Oin));
        await exchange.Gateway.SweepAsync();
        await exchange.Gateway.SweepAsync();
        await exchange.CommittedAsync("keten-matcher", Topics.InvolvementByPerson);

        Assert.Equal(told, await exchange.CountAsync(Topics.Notifications(exchange["gemeente"].Oin)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shielded_involvement_raises_no_escalation_to_a_gemeente_that_is_involved_or_is_the_only_one_around(bool involved)
    {
        await using var exchange = await TheExchange.StartAsync("gemeente", "wijkteam", "veilig-thuis");
        exchange.Registry.SetRegion("rijnmond");
        var (gemeente, other) = (exchange["gemeente"], exchange[involved ? "gemeente" : "wijkteam"]);
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        using var atOther = other.Listen();
        exchange.Clock.GoTo(new DateOnly(2027, 6, 7));
        await other.ReportAsync();
        await atOther.ReceiptAsync();
        await exchange["veilig-thuis"].ReportAsync(with: r => r.Shielded = true);
        await atVeiligThuis.NextAsync(Asked);
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        var told = await exchange.CountAsync(Topics.Notifications(gemeente.Oin));

        exchange.Clock.GoTo(new DateOnly(2027, 6, 15));
        await exchange.Gateway.SweepAsync();
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);

        Assert.Equal(told, await exchange.CountAsync(Topics.Notifications(gemeente.Oin)));
    }

    [Fact]
    public async Task Beside_a_shielded_involvement_the_others_are_asked_and_escalated_as_if_it_were_not_there()
    {
        await using var exchange = await TheExchange.StartAsync("gemeente", "veilig-thuis", "ggd");
        using var atGemeente = exchange["gemeente"].Listen();
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        using var atGgd = exchange["ggd"].Listen();
        exchange.Clock.GoTo(new DateOnly(2027, 6, 7));
        var own = await exchange["gemeente"].ReportAsync();
        await atGemeente.ReceiptAsync();

        // It has the lead, and nobody knows: for the others nobody has.
        await exchange["veilig-thuis"].ReportAsync(with: r =>
        {
            r.Shielded = true;
            r.Involvement = new Involvement { CaseLead = true };
        });
        await atVeiligThuis.MatchAsync();
        exchange.Clock.GoTo(new DateOnly(2027, 6, 9));
        await exchange["ggd"].ReportAsync();

        Assert.Equal(own.InvolvementId, (await atGemeente.NextAsync(Asked)).Notification.LeadAsked.OwnInvolvementId);
        await atGgd.NextAsync(Asked);
        exchange.Clock.GoTo(new DateOnly(2027, 6, 17));
        await exchange.Gateway.SweepAsync();
        Assert.Equal("2027-06-09", (await atGemeente.NextAsync(Missing)).Notification.LeadMissing.AskedOn);
    }
}
