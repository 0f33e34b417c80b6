using Google.Protobuf;
using Grpc.Core;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Protocol.V1;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Services;

/// <summary>What others hand over: whole or not at all.</summary>
public sealed class DeliveryTests : IAsyncDisposable
{
    private readonly TheAdapter _adapter = TheAdapter.Start();

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task An_invitation_is_in_the_inbox_when_it_is_accepted_and_says_whose_it_is_and_under_which_decision()
    {
        var permit = Invitation();
        await ConveneAsync(permit, new Conference { ConferenceId = "mdo-1", PlannedAt = "2026-03-09T10:00:00Z" });
        var notification = Assert.Single(_adapter.Inbox());
        Assert.Equal(("delivery:" + permit.DecisionId, Child.Value), (notification.NotificationId, notification.Subject));
        Assert.Equal((Caller, permit.DecisionId, "mdo-1"), (notification.Delivery.FromOin, notification.Delivery.DecisionId, notification.Delivery.Invitation.ConferenceId));
        Assert.True(Assert.Single(_adapter.Disclosures()).Allowed);
    }

    [Fact]
    public async Task A_field_that_the_purpose_does_not_cover_refuses_the_whole_message()
    {
        Assert.Equal("FIELD_NOT_PERMITTED", await ReasonAsync(() => ConveneAsync(Invitation(), new Conference { ConferenceId = "mdo-1", Decision = "uithuisplaatsing" })));
        Assert.Empty(_adapter.Inbox());
        var record = Assert.Single(_adapter.Disclosures());
        Assert.Equal((false, "FIELD_NOT_PERMITTED"), (record.Allowed, record.Reason));
    }

    [Fact]
    public async Task A_field_that_the_permit_does_not_list_refuses_the_whole_message()
    {
        var permit = Invitation();
        permit.Fields.Remove("planned_at");
        Assert.Equal("FIELD_NOT_PERMITTED", await ReasonAsync(() => ConveneAsync(permit, new Conference { ConferenceId = "mdo-1", PlannedAt = "" })));
        Assert.Empty(_adapter.Inbox());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_field_that_no_contract_knows_refuses_the_whole_message_at_any_depth(bool nested)
    {
        byte[] unknown = [0xFA, 0x3E, 0x03, (byte)'B', (byte)'S', (byte)'N'];
        var conference = new Conference { ConferenceId = "mdo-1" }.ToByteArray();
        byte[] bytes = nested
            ? new ConveneRequest { Conference = Conference.Parser.ParseFrom([.. conference, .. unknown]) }.ToByteArray()
            : [.. new ConveneRequest { Conference = Conference.Parser.ParseFrom(conference) }.ToByteArray(), .. unknown];
        var request = ConveneRequest.Parser.ParseFrom(bytes);
        Assert.Equal("FIELD_NOT_PERMITTED", await ReasonAsync(async () => await _adapter.Consultations.ConveneAsync(request, Headers(Invitation()))));
        Assert.Empty(_adapter.Inbox());
    }

    [Fact]
    public async Task The_same_decision_delivers_once()
    {
        var permit = Invitation();
        await ConveneAsync(permit, new Conference { ConferenceId = "mdo-1" });
        Assert.Equal("DECISION_REPLAYED", await ReasonAsync(() => ConveneAsync(permit, new Conference { ConferenceId = "mdo-2" })));
        Assert.Equal("mdo-1", Assert.Single(_adapter.Inbox()).Delivery.Invitation.ConferenceId);
    }

    [Fact]
    public async Task A_permit_to_read_does_not_deliver()
    {
        var read = For();
        Assert.Equal("DECISION_MISMATCH", await ReasonAsync(async () =>
            await _adapter.Persons.CorrectPersonAsync(new CorrectPersonRequest { Person = new Person { Phone = "0600000002" } }, Headers(read))));
        Assert.Empty(_adapter.Inbox());
    }

    /// <summary>Veilig Thuis convenes a case conference around the child.</summary>
    private static Decision Invitation() => For(Convene, p =>
    {
        p.Caller.OrganisationType = "veilig-thuis";
        p.Purpose = "veiligheid-beoordelen";
        p.ActorRole = "medewerker-triage";
    });

    private async Task ConveneAsync(Decision permit, Conference conference) =>
        await _adapter.Consultations.ConveneAsync(new ConveneRequest { Conference = conference }, Headers(permit), DateTime.UtcNow.AddSeconds(20));
}
