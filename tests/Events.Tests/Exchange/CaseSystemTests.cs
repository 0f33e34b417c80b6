using Grpc.Core;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>The local API over a real socket.</summary>
public sealed class CaseSystemTests
{
    [Fact]
    public async Task A_case_system_that_was_away_gets_everything_after_its_mark()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        StreamNotificationsResponse first;
        using (var stream = wijkteam.Listen())
        {
            await wijkteam.ReportAsync();
            first = await stream.NextAsync(Notification.ContentOneofCase.Receipt);
        }

        var second = await wijkteam.ReportAsync();
        using (var unacknowledged = wijkteam.Listen())
        {
            Assert.Equal(first.ResumeToken, (await unacknowledged.NextAsync(Notification.ContentOneofCase.Receipt)).ResumeToken);
        }

        await wijkteam.CaseSystem.AcknowledgeNotificationsAsync(new AcknowledgeNotificationsRequest { ResumeToken = first.ResumeToken });
        using (var acknowledged = wijkteam.Listen())
        {
            Assert.Equal(second.InvolvementId, (await acknowledged.ReceiptAsync()).InvolvementId);
        }

        using var resumed = wijkteam.Listen(first.ResumeToken);
        var again = await resumed.NextAsync(Notification.ContentOneofCase.Receipt);
        Assert.Equal(second.InvolvementId, again.Notification.Receipt.InvolvementId);
        Assert.Equal(TheAdapter.Client, again.ClientId);
    }

    [Fact]
    public async Task Two_readers_of_the_same_organisation_both_get_everything_and_a_slow_one_holds_up_nobody()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var slow = wijkteam.Listen();
        using var quick = wijkteam.Listen();
        const int Reports = 30;

        for (var i = 0; i < Reports; i++)
        {
            await wijkteam.ReportAsync();
        }

        for (var i = 0; i < Reports; i++)
        {
            await quick.ReceiptAsync();
        }

        for (var i = 0; i < Reports; i++)
        {
            await slow.ReceiptAsync();
        }
    }

    [Fact]
    public async Task A_case_system_that_stops_reading_holds_up_neither_the_gateway_nor_others_and_gets_everything_once()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam", "veilig-thuis");
        var (wijkteam, veiligThuis) = (exchange["wijkteam"], exchange["veilig-thuis"]);
        using var stalled = wijkteam.Listen();
        using var quick = veiligThuis.Listen();
        const int Reports = 100;
        await wijkteam.ReportAsync();
        await stalled.ReceiptAsync();

        var ids = new List<string>();
        for (var i = 0; i < Reports; i++)
        {
            ids.Add((await veiligThuis.ReportAsync()).InvolvementId);
        }

        // The other side hears of all; the gateway is done with all; what is not read waits at the adapter, on disk.
        var matches = new HashSet<string>();
        while (matches.Count < Reports)
        {
            matches.Add((await quick.MatchAsync()).OwnInvolvementId);
        }

        Assert.Equal(ids.Order(), matches.Order());
        await exchange.CommittedAsync(ConsumerGroups.Matcher, Topics.InvolvementByPerson);
        await Wait.UntilAsync(() => TheDatabase.Count(exchange, wijkteam, "inbox") >= Reports + 1);

        for (var i = 0; i < Reports; i++)
        {
            Assert.Equal(veiligThuis.Oin.Value, (await stalled.MatchAsync()).AboutOin);
        }

        // What is told of this person after all that: nothing more came before it.
        await exchange.TellAsync(wijkteam.Oin, (await exchange.PersonAsync()).Value, "last");
        await stalled.MatchEndedAsync();
        Assert.DoesNotContain(stalled.Kept, n => n.Notification.ContentCase == Notification.ContentOneofCase.Match);
    }

    [Theory]
    [InlineData("not-a-token")]
    [InlineData("-1")]
    [InlineData("999999")]
    public async Task A_resume_token_of_another_adapter_is_refused(string token)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        using var stream = exchange["wijkteam"].Listen(token);

        var failure = await Assert.ThrowsAsync<RpcException>(stream.ReceiptAsync);
        Assert.Equal(("RESUME_TOKEN_INVALID", StatusCode.InvalidArgument), (ReasonOf(failure), failure.StatusCode));
        failure = await Assert.ThrowsAsync<RpcException>(async () => await exchange["wijkteam"].CaseSystem.AcknowledgeNotificationsAsync(
            new AcknowledgeNotificationsRequest { ResumeToken = token }));
        Assert.Equal("RESUME_TOKEN_INVALID", ReasonOf(failure));
    }

    [Fact]
    public async Task The_same_report_again_gives_the_same_version_and_no_second_event()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();

        var first = await wijkteam.ReportAsync(Change.Started, "zaak-1");
        var again = await wijkteam.ReportAsync(Change.Started, "zaak-1");
        await stream.ReceiptAsync();
        var later = await wijkteam.ReportAsync(Change.Started, "zaak-1");
        var other = await wijkteam.ReportAsync(Change.Ended, "zaak-1");

        Assert.Equal([1, 1, 1, 2], (long[])[first.Version, again.Version, later.Version, other.Version]);
        Assert.Equal(2, (await stream.ReceiptAsync()).Version);
        Assert.Equal(2, exchange.Log.Records.Count);
    }

    [Fact]
    public async Task A_report_that_cannot_be_right_is_refused_at_once()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        await wijkteam.ReportAsync(Change.Started, "zaak-1");

        (string Code, Action<ReportInvolvementRequest> Fault)[] faults =
        [
            ("REPORT_INVALID", r => r.Change = Change.Unspecified),
            ("REPORT_INVALID", r => r.ClientId = ""),
            ("REPORT_INVALID", r => r.Purpose = ""),
            ("REPORT_INVALID", r => r.Actor = ""),
            ("REPORT_INVALID", r => r.ActorRole = new string('x', 257)),
            ("REPORT_INVALID", r => r.InvolvementId = "a/b"),
            ("REPORT_INVALID", r => r.AssertedFacts = Google.Protobuf.ByteString.CopyFromUtf8("""{"caller_involved":true}""")),
            ("REPORT_INVALID", r => r.Involvement = new Involvement { ContactPhone = new string('1', 257) }),
            ("REPORT_INVALID", r => r.Change = Change.Ended),
            ("PERSONAL_DATA_IN_METADATA", r => r.Actor = "999912112"),
            ("PERSONAL_DATA_IN_METADATA", r => r.ActorRole = "role of 999912112"),
            ("PERSONAL_DATA_IN_METADATA", r => r.Purpose = "999912112"),
            ("PERSONAL_DATA_IN_METADATA", r => r.InvolvementId = "999912112"),
            ("PERSONAL_DATA_IN_METADATA", r => r.Fields.Add("999912112")),
            ("CLIENT_UNKNOWN", r => r.ClientId = "nobody"),
            ("INVOLVEMENT_UNKNOWN", r => (r.Change, r.InvolvementId) = (Change.Ended, "zaak-2")),
            ("INVOLVEMENT_TAKEN", r => (r.Change, r.InvolvementId, r.ClientId) = (Change.Ended, "zaak-1", "c2")),
            ("INVOLVEMENT_TAKEN", r => (r.InvolvementId, r.Purpose) = ("zaak-1", "betrokkenheid-volwassenen")),
        ];
        foreach (var (code, fault) in faults)
        {
            var failure = await Assert.ThrowsAsync<RpcException>(() => wijkteam.ReportAsync(with: fault));
            Assert.Equal(code, ReasonOf(failure));
        }
    }

    [Fact]
    public async Task The_case_system_can_ask_for_the_pseudonym_of_its_client()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");

        var answer = await exchange["wijkteam"].CaseSystem.GetPseudonymAsync(new GetPseudonymRequest { ClientId = TheAdapter.Client });
        Assert.Equal((await exchange.PersonAsync()).Value, answer.Pseudonym);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await exchange["wijkteam"].CaseSystem.GetPseudonymAsync(new GetPseudonymRequest { ClientId = "nobody" }));
        Assert.Equal("CLIENT_UNKNOWN", ReasonOf(failure));
    }

    private static string? ReasonOf(RpcException failure) => failure.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason;
}
