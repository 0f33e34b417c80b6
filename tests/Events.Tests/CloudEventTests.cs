using System.Text;
using Confluent.Kafka;
using Keten.Contracts.Identifiers;

namespace Keten.Events.Tests;

public sealed class CloudEventTests
{
    private static readonly Oin SomeOin = Oin.Parse("00000001234567890000");

    private static readonly CloudEvent TheEvent = new(
        "e1", CloudEvent.SourceOf(SomeOin), EventTypes.InvolvementChanged, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    [Fact]
    public void What_is_written_is_read()
    {
        Assert.True(CloudEvent.TryRead(TheEvent.ToHeaders(), out var read, out _));
        Assert.Equal(TheEvent, read);
    }

    [Fact]
    public void The_headers_are_those_of_binary_mode_and_hold_no_subject()
    {
        var headers = TheEvent.ToHeaders().ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));

        Assert.Equal("1.0", headers["ce_specversion"]);
        Assert.Equal("urn:nld:oin:00000001234567890000", headers["ce_source"]);
        Assert.Equal("2026-01-02T03:04:05.000Z", headers["ce_time"]);
        Assert.Equal("application/protobuf", headers["content-type"]);
        Assert.DoesNotContain("ce_subject", headers.Keys);
    }

    [Theory]
    [InlineData("ce_specversion", "0.3")]
    [InlineData("ce_id", null)]
    [InlineData("ce_source", "")]
    [InlineData("ce_type", null)]
    [InlineData("ce_time", "yesterday")]
    [InlineData("content-type", "application/json")]
    public void An_attribute_that_is_missing_or_malformed_is_named(string name, string? value)
    {
        var headers = TheEvent.ToHeaders();
        headers.Remove(name);
        if (value is not null)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        Assert.False(CloudEvent.TryRead(headers, out _, out var fault));
        Assert.Contains(name, fault);
    }

    [Fact]
    public void A_source_given_twice_is_none()
    {
        var headers = TheEvent.ToHeaders();
        headers.Add("ce_source", Encoding.UTF8.GetBytes("urn:nld:oin:00000009999999990000"));

        Assert.False(CloudEvent.TryRead(headers, out _, out _));
        Assert.False(CloudEvent.TryRead(null, out _, out _));
    }

    [Fact]
    public void The_owner_of_a_topic_is_read_from_its_name_only()
    {
        Assert.True(Topics.TryGetOwner(Topics.Involvement(SomeOin), out var owner));
        Assert.Equal(SomeOin, owner);
        Assert.False(Topics.TryGetOwner(Topics.DeadLetter(Topics.Involvement(SomeOin)), out _));
        Assert.False(Topics.TryGetOwner(Topics.Notifications(SomeOin), out _));
        Assert.False(Topics.TryGetOwner(Topics.InvolvementByPerson, out _));
    }
}
