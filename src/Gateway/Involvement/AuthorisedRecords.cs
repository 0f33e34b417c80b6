using System.Buffers.Text;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Involvement;

/// <summary>The records of the topic of authorised involvements, written and read: one key for each involvement, the last record says all.</summary>
internal sealed class AuthorisedRecords(EventProducer producer, IOptions<InvolvementOptions> options, TimeProvider time)
{
    // On a tombstone: what was to be forgotten. What is newer stays.
    private const string VersionHeader = "keten-version";

    /// <summary>Completes when it is with the broker.</summary>
    public Task<TopicPartitionOffset> WriteAsync(AuthorisedInvolvement authorised, string eventId, CancellationToken cancellationToken)
    {
        var report = authorised.Event;
        return producer.SendAsync(
            Topics.InvolvementByPerson, report.Subject, KeyOf(report.Subject, authorised.Oin, report.InvolvementId), authorised,
            Envelope(eventId, report.Traceparent), cancellationToken);
    }

    /// <summary>Writes a tombstone.</summary>
    public Task<TopicPartitionOffset> ForgetAsync(
        Pseudonym person, Oin organisation, string involvementId, long version, string eventId, CancellationToken cancellationToken)
    {
        var headers = Envelope(eventId, "").ToHeaders();
        headers.Add(VersionHeader, Encoding.ASCII.GetBytes($"{version}"));
        return producer.SendAsync(Topics.InvolvementByPerson, person.Value, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(KeyOf(person.Value, organisation.Value, involvementId)),
            Value = null!,
            Headers = headers,
        }, cancellationToken);
    }

    /// <summary>False for a record that no gateway wrote.</summary>
    public static bool TryRead(ConsumeResult<byte[], byte[]> record, out Pseudonym person, out AuthorisedInvolvement authorised)
    {
        person = default;
        try
        {
            authorised = AuthorisedInvolvement.Parser.ParseFrom(record.Message.Value);
            return authorised.Event is { Version: > 0 } && Oin.TryParse(authorised.Oin, out _) && Pseudonym.TryParse(authorised.Event.Subject, out person);
        }
        catch (InvalidProtocolBufferException)
        {
            authorised = new();
            return false;
        }
    }

    /// <summary>What a tombstone is about; a version that is not told is the highest.</summary>
    public static bool TryReadTombstone(
        ConsumeResult<byte[], byte[]> record, out Pseudonym person, out Oin organisation, out string involvementId, out long version)
    {
        (person, organisation, involvementId, version) = (default, default, "", long.MaxValue);
        var key = Encoding.UTF8.GetString(record.Message.Key ?? []).Split('/', 3);
        if (key.Length != 3 || !Pseudonym.TryParse(key[0], out person) || !Oin.TryParse(key[1], out organisation))
        {
            return false;
        }

        involvementId = key[2];
        if (record.Message.Headers is { } headers && headers.TryGetLastBytes(VersionHeader, out var text)
            && Utf8Parser.TryParse(text, out long told, out var read) && read == text.Length)
        {
            version = told;
        }

        return true;
    }

    private static string KeyOf(string person, string organisation, string involvementId) => $"{person}/{organisation}/{involvementId}";

    private CloudEvent Envelope(string id, string traceparent) =>
        new(id, options.Value.Source, EventTypes.InvolvementAuthorised, time.GetUtcNow(), traceparent);
}
