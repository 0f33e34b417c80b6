using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>What an involvement says of itself: every replica holds it, and other organisations read it.</summary>
public sealed class InvolvementTextTests
{
    [Theory]
    [InlineData("organisation")]
    [InlineData("department")]
    [InlineData("contact_professional")]
    [InlineData("contact_phone")]
    [InlineData("status")]
    [InlineData("legal_frame")]
    public async Task A_longer_text_than_an_involvement_needs_is_malformed_and_its_reporter_is_told(string field)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        exchange.Policy.AllowsAll = true;

        Assert.Equal("EVENT_MALFORMED", await ReasonAsync(exchange, With(field, new string('a', 257))));
        Assert.Equal(0, exchange.Gateway.Count);
    }

    [Theory]
    [InlineData("started_on", "2026-1-1")]
    [InlineData("ended_on", "01-07-2026")]
    [InlineData("ended_on", "2026-02-30")]
    [InlineData("last_confirmed_on", "2026-07-01T00:00:00Z")]
    public async Task A_date_that_is_none_is_malformed_and_not_passed_over(string field, string text)
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        exchange.Policy.AllowsAll = true;

        Assert.Equal("EVENT_MALFORMED", await ReasonAsync(exchange, With(field, text)));
    }

    [Fact]
    public async Task An_end_date_may_be_taken_back()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var own = await wijkteam.ReportAsync();
        foreach (var day in new[] { "2026-12-01", "" })
        {
            await wijkteam.ReportAsync(Change.Updated, r => (r.InvolvementId, r.Involvement) = (own.InvolvementId, With("ended_on", day)));
        }

        for (var version = 1; version <= 3; version++)
        {
            Assert.True((await stream.ReceiptAsync()).Accepted);
        }
    }

    [Fact]
    public async Task A_phone_number_that_looks_like_a_BSN_is_one_all_the_same()
    {
        await using var exchange = await TheExchange.StartAsync("wijkteam");
        using var stream = exchange["wijkteam"].Listen();

        await exchange["wijkteam"].ReportAsync(with: r => r.Involvement = new Involvement { ContactPhone = RefusalTests.Bsn });

        Assert.True((await stream.ReceiptAsync()).Accepted);
    }

    // What its reporter is told, and what stands at the dead letter.
    private static async Task<string> ReasonAsync(TheExchange exchange, Involvement involvement)
    {
        var wijkteam = exchange["wijkteam"];
        using var stream = wijkteam.Listen();
        var (topic, report) = (Topics.Involvement(wijkteam.Oin), await RefusalTests.SomeReportAsync(exchange));
        report.Involvement = involvement;
        await exchange.ProduceAsync(topic, report.InvolvementId, report.ToByteArray(), RefusalTests.Envelope(CloudEvent.SourceOf(wijkteam.Oin)), report.Subject);
        var receipt = await stream.ReceiptAsync();
        Assert.Equal((report.InvolvementId, false), (receipt.InvolvementId, receipt.Accepted));
        Assert.Equal(receipt.ReasonCode, TheExchange.ReasonOf((await exchange.ReadAsync(Topics.DeadLetter(topic), 1))[0]));
        return receipt.ReasonCode;
    }

    internal static Involvement With(string field, string text)
    {
        var involvement = new Involvement();
        Involvement.Descriptor.FindFieldByName(field).Accessor.SetValue(involvement, text);
        return involvement;
    }
}
