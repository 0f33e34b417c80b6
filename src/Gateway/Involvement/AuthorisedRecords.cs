using System.Buffers.Text;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;

namespace Keten.Gateway.Involvement;

/// <summary>The records of the topic of authorised involvements, written and read: one key for each involvement, the last record says all.</summary>
internal sealed class AuthorisedRecords(EventProducer producer, TimeProvider time)
{
    // On a tombstone: what was to be forgotten. What is newer stays.
    private const string VersionHeader = "keten-version";

    private const string SourceHeader = "ce_source";
    private const string TypeHeader = "ce_type";
    private static readonly byte[] Source = Encoding.UTF8.GetBytes(CloudEvent.GatewaySource);
    private static readonly byte[] Type = Encoding.UTF8.GetBytes(EventTypes.InvolvementAuthorised);

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

    /// <summary>False for a record that no gateway wrote, or that is none of these.</summary>
    public static bool TryRead(ConsumeResult<byte[], byte[]> record, out Pseudonym person, out AuthorisedInvolvement authorised)
    {
        person = default;
        if (!IsOurs(record.Message.Headers))
        {
            authorised = new();
            return false;
        }

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

    /// <summary>What a tombstone is about; a version that is not told is the highest. False for one that no gateway wrote.</summary>
    public static bool TryReadTombstone(
        ConsumeResult<byte[], byte[]> record, out Pseudonym person, out Oin organisation, out string involvementId, out long version)
    {
        version = long.MaxValue;
        if (!TryReadKey(record, out person, out organisation, out involvementId) || !IsOurs(record.Message.Headers))
        {
            return false;
        }

        if (record.Message.Headers is { } headers && headers.TryGetLastBytes(VersionHeader, out var text)
            && Utf8Parser.TryParse(text, out long told, out var read) && read == text.Length)
        {
            version = told;
        }

        return true;
    }

    /// <summary>Which involvement a record stands for, whoever wrote it: the broker keeps the last one of a key.</summary>
    public static bool TryReadKey(ConsumeResult<byte[], byte[]> record, out Pseudonym person, out Oin organisation, out string involvementId)
    {
        (person, organisation, involvementId) = (default, default, "");
        var key = Encoding.UTF8.GetString(record.Message.Key ?? []).Split('/', 3);
        if (key.Length != 3 || !Pseudonym.TryParse(key[0], out person) || !Oin.TryParse(key[1], out organisation))
        {
            return false;
        }

        involvementId = key[2];
        return true;
    }

    // The whole view is read like this: the bytes are compared, nothing is made of them. A header that is there twice is as good as none.
    private static bool IsOurs(Headers? headers)
    {
        var (sources, types) = (0, 0);
        foreach (var header in headers ?? [])
        {
            if (header.Key == SourceHeader)
            {
                sources += Source.AsSpan().SequenceEqual(header.GetValueBytes()) ? 1 : 2;
            }
            else if (header.Key == TypeHeader)
            {
                types += Type.AsSpan().SequenceEqual(header.GetValueBytes()) ? 1 : 2;
            }
        }

        return (sources, types) == (1, 1);
    }

    private static string KeyOf(string person, string organisation, string involvementId) => $"{person}/{organisation}/{involvementId}";

    // Read by gateways only: the source by which they know each other is not to be chosen.
    private CloudEvent Envelope(string id, string traceparent) =>
        new(id, CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, time.GetUtcNow(), traceparent);
}
