using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Keten.Events;

namespace Keten.Gateway.Involvement;

/// <summary>
/// Puts records that can have no effect aside for people, with the reason and where they stood. What came with the record is bounded, so that
/// nobody can write a record that cannot be set aside.
/// </summary>
internal sealed partial class DeadLetters(EventProducer producer, InvolvementMetrics metrics, ILogger<DeadLetters> logger)
{
    private const int MaxKeyBytes = 256;

    /// <summary>Completes when the dead letter is with the broker.</summary>
    /// <param name="record">The original.</param>
    /// <param name="reason">Reason code.</param>
    /// <param name="decisionId">Empty when no decision was made.</param>
    /// <param name="withContent">False: key, value and headers stay where they are; the letter says where.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TopicPartitionOffset> SendAsync(
        ConsumeResult<byte[], byte[]> record, string reason, string decisionId, bool withContent, CancellationToken cancellationToken)
    {
        var letter = await SendLetterAsync(record, reason, decisionId, withContent, cancellationToken);
        metrics.SetAside(reason);
        return letter;
    }

    private async Task<TopicPartitionOffset> SendLetterAsync(
        ConsumeResult<byte[], byte[]> record, string reason, string decisionId, bool withContent, CancellationToken cancellationToken)
    {
        var topic = Topics.DeadLetter(record.Topic);
        if (withContent)
        {
            try
            {
                return await producer.SendAsync(topic, null, Letter(record, reason, decisionId, withContent: true), cancellationToken);
            }
            catch (KafkaException failure) when (failure.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord)
            {
                // The broker will never take it.
                Log.WithoutContent(logger, record.Topic, record.Partition.Value, record.Offset.Value, failure.Error.Code);
            }
        }

        return await producer.SendAsync(topic, null, Letter(record, reason, decisionId, withContent: false), cancellationToken);
    }

    private static Message<byte[], byte[]> Letter(ConsumeResult<byte[], byte[]> record, string reason, string decisionId, bool withContent)
    {
        var original = record.Message;
        var headers = withContent ? CloudEvent.Copy(original.Headers) : [];
        headers.Add(DeadLetterHeaders.Reason, Encoding.UTF8.GetBytes(reason));
        headers.Add(DeadLetterHeaders.Decision, Encoding.UTF8.GetBytes(decisionId));
        headers.Add(DeadLetterHeaders.Record, Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{record.Topic}/{record.Partition.Value}/{record.Offset.Value}")));
        return new()
        {
            Key = withContent && original.Key is { Length: <= MaxKeyBytes } key ? key : null!,
            Value = withContent ? original.Value : null!,
            Headers = headers,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(3302, LogLevel.Warning,
            "Dead letter of {Topic}/{Partition}/{Offset} was refused by the broker ({Code}) and goes without the record's content")]
        public static partial void WithoutContent(ILogger logger, string topic, int partition, long offset, ErrorCode code);
    }
}
