using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>After each fault: nothing lost, nothing twice.</summary>
public sealed class AdapterFaultTests
{
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
                new CloudEvent(notification.NotificationId, CloudEvent.GatewaySource, EventTypes.Notification, DateTimeOffset.UtcNow), about);
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

        // Together, and a view that is slow to see what was let in: still each is decided knowing the one before it.
        await exchange.StopGatewayAsync();
        exchange.Events.FetchWait = TimeSpan.FromMilliseconds(400);
        var report = await wijkteam.ReportAsync();
        for (var i = 0; i < 3; i++)
        {
            await wijkteam.ReportAsync(Change.Updated, r =>
            {
                r.InvolvementId = report.InvolvementId;
                r.Involvement = new Involvement { ContactPhone = $"010-{i}" };
            });
        }

        await exchange.StartGatewayAsync();
        for (var version = 1; version <= 4; version++)
        {
            var receipt = await stream.ReceiptAsync();
            Assert.Equal((version, true), (receipt.Version, receipt.Accepted));
        }

        Assert.All(exchange.Log.Records.Skip(1), r => Assert.True(r.CallerInvolved));
    }
}
