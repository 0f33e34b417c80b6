using System.Diagnostics;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

public sealed class MatchTests
{
    [Fact]
    public async Task Two_organisations_with_the_same_client_hear_of_each_other_within_a_second()
    {
        await using var exchange = await TheExchange.StartAsync();
        var wijkteam = await exchange.JoinAsync("wijkteam");
        var veiligThuis = await exchange.JoinAsync("veilig-thuis");
        using var atWijkteam = wijkteam.Listen();
        using var atVeiligThuis = veiligThuis.Listen();

        var first = await wijkteam.ReportAsync();
        Assert.True((await atWijkteam.ReceiptAsync()).Accepted);

        var clock = Stopwatch.StartNew();
        var second = await veiligThuis.ReportAsync();
        var told = await atWijkteam.NextAsync(Notification.ContentOneofCase.Match);
        var elapsed = clock.Elapsed;
        TestContext.Current.TestOutputHelper?.WriteLine($"match after {elapsed.TotalMilliseconds:F0} ms");
        Assert.True(elapsed < TimeSpan.FromSeconds(1), $"the match took {elapsed}");

        Assert.Equal(TheAdapter.Client, told.ClientId);
        var match = told.Notification.Match;
        Assert.Equal(veiligThuis.Oin.Value, match.AboutOin);
        Assert.Equal(VisibilityLevel.Full, match.Level);
        Assert.Equal(first.InvolvementId, match.OwnInvolvementId);
        Assert.Equal("De veilig-thuis", match.Involvement.Organisation);
        Assert.Equal("010-1234567", match.Involvement.ContactPhone);
        Assert.False(match.Involvement.HasInvolvementId);

        var receipt = await atVeiligThuis.ReceiptAsync();
        Assert.Equal((second.InvolvementId, 1L, true, "ALLOWED"), (receipt.InvolvementId, receipt.Version, receipt.Accepted, receipt.ReasonCode));
        Assert.Equal(["log-disclosure"], receipt.Obligations);
        Assert.Equal(wijkteam.Oin.Value, (await atVeiligThuis.MatchAsync()).AboutOin);
        Assert.All(exchange.Log.Records, r => Assert.Equal("intake", r.EnforcementPoint));
        Assert.Contains(exchange.Log.Records, r => r.DecisionId == receipt.DecisionId && r.Allowed);
    }
}
