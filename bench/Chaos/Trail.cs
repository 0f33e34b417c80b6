using System.Globalization;
using Keten.Bench.Rig;
using Keten.Events;
using Keten.Events.Operation;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Bench.Chaos;

/// <summary>What the topics say of an involvement with which something went wrong, while they still say it: the cause is found from nothing else.</summary>
internal static class Trail
{
    /// <summary>Lines for people: what was heard, what was reported, and every record about the person.</summary>
    public static List<string> Of(FederationRig rig, (string InvolvementId, IReadOnlyList<string> Heard) fault, CancellationToken cancellationToken)
    {
        var lines = new List<string> { $"something is wrong with {fault.InvolvementId}; heard:" };
        lines.AddRange(fault.Heard.Select(heard => "  " + heard));
        var clients = new KafkaClients(rig.Events, NullLogger<KafkaClients>.Instance);

        // All organisations report the same persons; the rest of the id is round and person.
        var rest = fault.InvolvementId.Split('-')[^2..];
        var ending = $"-{rest[0]}-{rest[1]}";
        foreach (var topic in rig.Organisations.Select(o => Topics.Involvement(o.Oin)))
        {
            TopicScan.Read(clients, [topic], record =>
            {
                if (record.Message.Value is { } value && TryParse(InvolvementChanged.Parser, value) is { } change && change.InvolvementId.EndsWith(ending, StringComparison.Ordinal))
                {
                    lines.Add(Line(record, change, ""));
                }

                return true;
            }, cancellationToken);
        }

        TopicScan.Read(clients, [Topics.InvolvementByPerson], record =>
        {
            if (record.Message.Value is { } value && TryParse(AuthorisedInvolvement.Parser, value) is { Event: { } change } authorised
                && change.InvolvementId.EndsWith(ending, StringComparison.Ordinal))
            {
                lines.Add(Line(record, change, $" end {authorised.EndReason} decision {authorised.DecisionId}"));
            }

            return true;
        }, cancellationToken);
        return lines;
    }

    private static string Line(Confluent.Kafka.ConsumeResult<byte[], byte[]> record, InvolvementChanged change, string rest) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {record.Topic}/{record.Partition.Value}/{record.Offset.Value} {record.Message.Timestamp.UtcDateTime:HH:mm:ss.fff} {change.InvolvementId} v{change.Version} {change.Change}{rest}");

    // Unreadable ones are among them on purpose.
    private static T? TryParse<T>(Google.Protobuf.MessageParser<T> parser, byte[] value)
        where T : class, Google.Protobuf.IMessage<T>
    {
        try
        {
            return parser.ParseFrom(value);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
