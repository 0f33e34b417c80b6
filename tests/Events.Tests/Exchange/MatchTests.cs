using System.Diagnostics;
using Keten.Gateway.Involvement.Matching;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Events.Tests.Exchange;

public sealed class MatchTests
{
    [Fact]
    public async Task Two_organisations_with_the_same_client_hear_of_each_other_within_a_second()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();

        var first = await wijkteam.ReportAsync();
        Assert.True((await atWijkteam.ReceiptAsync()).Accepted);

        var clock = Stopwatch.StartNew();
        var second = await veiligThuis.ReportAsync();
        var told = await atWijkteam.NextAsync(Notification.ContentOneofCase.Match);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"the match took {clock.Elapsed}");

        Assert.Equal(TheAdapter.Client, told.ClientId);
        var match = told.Notification.Match;
        Assert.Equal(veiligThuis.Oin.Value, match.AboutOin);
        Assert.Equal(VisibilityLevel.Full, match.Level);
        Assert.Equal("betrokkenheid-jeugd", match.Purpose);
        Assert.Equal(first.InvolvementId, match.OwnInvolvementId);
        Assert.Equal("De veilig-thuis", match.Involvement.Organisation);
        Assert.Equal("010-1234567", match.Involvement.ContactPhone);
        Assert.False(match.Involvement.HasInvolvementId);
        Assert.Equal(("team 3", "werkdagen 9-17", ""), (match.Contact.ContactDesk, match.Contact.OpeningHours, match.Contact.SignallingPolicy));

        var receipt = await atVeiligThuis.ReceiptAsync();
        Assert.Equal((second.InvolvementId, 1L, true, "ALLOWED"), (receipt.InvolvementId, receipt.Version, receipt.Accepted, receipt.ReasonCode));
        Assert.Equal(["log-disclosure"], receipt.Obligations);
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);

        Assert.All(exchange.Log.Records, r => Assert.Equal("intake", r.EnforcementPoint));
        Assert.Contains(exchange.Log.Records, r => r.DecisionId == receipt.DecisionId && r.Allowed && r.Rule == "test");
        Assert.True(exchange.Gateway.View.IsInvolved(wijkteam.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
    }

    [Fact]
    public async Task Each_direction_is_decided_apart()
    {
        await using var exchange = await TheExchange.StartAsync("ggd", "politie");
        var (ggd, politie) = (exchange["ggd"], exchange["politie"]);
        using var atGgd = ggd.Listen();
        using var atPolitie = politie.Listen();

        await ggd.ReportAsync();
        await atGgd.ReceiptAsync();
        await politie.ReportAsync(with: r => r.Involvement = new Involvement { ContactProfessional = "wijkagent De Vries" });

        var match = await atGgd.MatchAsync();
        Assert.Equal(VisibilityLevel.Contact, match.Level);
        Assert.Equal("meldpunt", match.Involvement.ContactDesk);
        Assert.False(match.Involvement.HasContactProfessional);
        Assert.False(match.Involvement.HasStartedOn);

        await AssertNothingMoreAsync(exchange, politie, atPolitie);
    }

    [Fact]
    public async Task Who_became_another_type_of_organisation_learns_what_that_type_may_and_who_is_no_participant_any_more_nothing()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "ggd");
        var (wijkteam, ggd) = (exchange["wijkteam"], exchange["ggd"]);
        using var atWijkteam = wijkteam.Listen();
        using var atGgd = ggd.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        exchange.Registry.Register(wijkteam.Oin, "politie");

        await ggd.ReportAsync();

        var match = await atGgd.MatchAsync();
        Assert.Equal((wijkteam.Oin.Value, VisibilityLevel.Contact), (match.AboutOin, match.Level));
        await AssertNothingMoreAsync(exchange, wijkteam, atWijkteam);

        var held = exchange.Gateway.Services.GetRequiredService<InvolvementView>().Table.Of(await exchange.PersonAsync());
        var (one, other) = (held.Single(i => i.Organisation == ggd.Oin), held.First(i => i.Organisation == wijkteam.Oin));
        var visibilities = exchange.Gateway.Services.GetRequiredService<Visibilities>();
        Assert.False((await visibilities.OfAsync(one, other, CancellationToken.None)).IsNone);
        exchange.Registry.Remove(wijkteam.Oin);
        Assert.True((await visibilities.OfAsync(one, other, CancellationToken.None)).IsNone);
    }

    [Fact]
    public async Task Nobody_hears_of_a_shielded_involvement_and_its_organisation_hears_of_others()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();

        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var shielded = await veiligThuis.ReportAsync(with: r => r.Shielded = true);
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);

        // An update or another start that forgets the mark does not lift it, nor does a start after its end.
        await veiligThuis.ReportAsync(Change.Updated, r =>
        {
            r.InvolvementId = shielded.InvolvementId;
            r.Involvement = new Involvement { ContactPhone = "010-7654321" };
        });
        await veiligThuis.ReportAsync(Change.Started, shielded.InvolvementId);
        await veiligThuis.ReportAsync(Change.Ended, shielded.InvolvementId);
        await veiligThuis.ReportAsync(Change.Started, shielded.InvolvementId);
        for (var version = 1; version <= 5; version++)
        {
            var receipt = await atVeiligThuis.ReceiptAsync();
            Assert.Equal((version, true), (receipt.Version, receipt.Accepted));
        }

        Assert.True(exchange.Gateway.View.IsInvolved(veiligThuis.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        await AssertNothingMoreAsync(exchange, wijkteam, atWijkteam);
    }

    [Fact]
    public async Task The_others_are_told_when_an_involvement_ends_and_who_leaves_is_not()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        var own = await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var other = await veiligThuis.ReportAsync();
        await atWijkteam.MatchAsync();
        await atVeiligThuis.MatchAsync();

        await veiligThuis.ReportAsync(Change.Ended, other.InvolvementId);

        var ended = await atWijkteam.MatchEndedAsync();
        Assert.Equal((veiligThuis.Oin.Value, own.InvolvementId, VisibilityLevel.Full), (ended.AboutOin, ended.OwnInvolvementId, ended.Level));
        Assert.False(exchange.Gateway.View.IsInvolved(veiligThuis.Oin, await exchange.PersonAsync(), "betrokkenheid-jeugd"));
        await AssertNothingMoreAsync(exchange, veiligThuis, atVeiligThuis);
    }

    [Fact]
    public async Task A_change_of_contact_is_told_once_and_a_change_nobody_may_see_is_not()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var other = await veiligThuis.ReportAsync();
        await atWijkteam.MatchAsync();

        await veiligThuis.ReportAsync(Change.Updated, r =>
        {
            r.InvolvementId = other.InvolvementId;
            r.Involvement = new Involvement { LastConfirmedOn = "2026-11-23" };
        });
        await veiligThuis.ReportAsync(Change.Updated, r =>
        {
            r.InvolvementId = other.InvolvementId;
            r.Involvement = new Involvement { ContactPhone = "010-7654321" };
        });

        var changed = (await atWijkteam.NextAsync(Notification.ContentOneofCase.RoleChanged)).Notification.RoleChanged;
        Assert.Equal("010-7654321", changed.Involvement.ContactPhone);
        Assert.Equal("De veilig-thuis", changed.Involvement.Organisation);
        Assert.Equal((veiligThuis.Oin.Value, VisibilityLevel.Full), (changed.AboutOin, changed.Level));
        Assert.Equal(["contact_phone"], changed.ChangedFields);
        Assert.Equal([Role.Contact], changed.Roles);
        await AssertNothingMoreAsync(exchange, wijkteam, atWijkteam);
    }

    [Fact]
    public async Task Who_takes_the_lead_is_told_to_those_who_may_see_that_and_not_to_others()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis", "politie");
        var (wijkteam, politie) = (exchange["wijkteam"], exchange["politie"]);
        using var atVeiligThuis = exchange["veilig-thuis"].Listen();
        using var atPolitie = politie.Listen();
        await exchange["veilig-thuis"].ReportAsync();
        await atVeiligThuis.ReceiptAsync();
        await politie.ReportAsync();
        var own = await wijkteam.ReportAsync();
        await atPolitie.MatchAsync();
        await atPolitie.MatchAsync();

        await wijkteam.ReportAsync(Change.Updated, r =>
        {
            r.InvolvementId = own.InvolvementId;
            r.Involvement = new Involvement { CaseLead = true };
        });

        var changed = (await atVeiligThuis.NextAsync(Notification.ContentOneofCase.RoleChanged)).Notification.RoleChanged;
        Assert.Equal((wijkteam.Oin.Value, true), (changed.AboutOin, changed.Involvement.CaseLead));
        Assert.Equal([Role.CaseLead], changed.Roles);
        await AssertNothingMoreAsync(exchange, politie, atPolitie);
    }

    [Fact]
    public async Task An_involvement_that_ended_and_starts_again_matches_again()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();
        var other = await veiligThuis.ReportAsync();
        await atWijkteam.MatchAsync();

        await veiligThuis.ReportAsync(Change.Ended, other.InvolvementId);
        await atWijkteam.MatchEndedAsync();
        await veiligThuis.ReportAsync(Change.Started, other.InvolvementId);

        Assert.Equal(veiligThuis.Oin.Value, (await atWijkteam.MatchAsync()).AboutOin);
        await AssertNothingMoreAsync(exchange, wijkteam, atWijkteam);
    }

    [Fact]
    public async Task Involvements_under_different_purposes_do_not_match()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();
        await wijkteam.ReportAsync();
        await atWijkteam.ReceiptAsync();

        await veiligThuis.ReportAsync(with: r => r.Purpose = "betrokkenheid-volwassenen");

        Assert.True((await atVeiligThuis.ReceiptAsync()).Accepted);
        await AssertNothingMoreAsync(exchange, veiligThuis, atVeiligThuis);
        await AssertNothingMoreAsync(exchange, wijkteam, atWijkteam);
    }

    [Fact]
    public async Task A_participant_registered_while_running_is_heard()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        await exchange["wijkteam"].ReportAsync();

        var late = await exchange.JoinAsync("veilig-thuis");
        using var atLate = late.Listen();
        await late.ReportAsync();

        Assert.Equal(exchange["wijkteam"].Oin.Value, (await atLate.MatchAsync()).AboutOin);
    }

    // Another report makes the round trip: what was on its way before it has arrived by then.
    private static async Task AssertNothingMoreAsync(TheExchange exchange, TheAdapter adapter, TheStream stream)
    {
        var last = await adapter.ReportAsync(with: r => r.AssertedFacts = Google.Protobuf.ByteString.Empty);
        InvolvementReceipt receipt;
        do
        {
            receipt = await stream.ReceiptAsync();
        }
        while (receipt.InvolvementId != last.InvolvementId);

        Assert.Equal("SUBJECT_NOT_INFORMED", receipt.ReasonCode);
        Assert.Empty(stream.Kept.Select(n => n.Notification.ContentCase));
        Assert.NotEmpty(exchange.Log.Records);
    }
}
