using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Keten.Events;

namespace Keten.Gateway.Involvement;

/// <summary>Puts records that can have no effect aside for people, as they came, with the reason and where they stood.</summary>
internal sealed class DeadLetters(EventProducer producer)
{
    /// <summary>Reason code.</summary>
    public const string ReasonHeader = "keten-reason";

    /// <summary>Decision id, when one was made.</summary>
    public const string DecisionHeader = "keten-decision-id";

    /// <summary><c>topic/partition/offset</c> of the original.</summary>
    public const string RecordHeader = "keten-record";

    /// <summary>Completes when the dead letter is with the broker. A value too large for us stays where it is: the headers say where.</summary>
    public Task<TopicPartitionOffset> SendAsync(
        ConsumeResult<byte[], byte[]> record, string reason, string decisionId, bool withValue, CancellationToken cancellationToken)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers ?? [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        headers.Add(ReasonHeader, Encoding.UTF8.GetBytes(reason));
        headers.Add(DecisionHeader, Encoding.UTF8.GetBytes(decisionId));
        headers.Add(RecordHeader, Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{record.Topic}/{record.Partition.Value}/{record.Offset.Value}")));
        var message = new Message<byte[], byte[]>
        {
            Key = record.Message.Key,
            Value = withValue ? record.Message.Value : null!,
            Headers = headers,
        };
        return producer.SendAsync(Topics.DeadLetter(record.Topic), null, message, cancellationToken);
    }
}
