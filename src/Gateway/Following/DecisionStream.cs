using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Keten.DecisionLog;
using Keten.DecisionLog.Tree;
using Keten.Events;
using Keten.Gateway.Involvement;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Following;

/// <summary>
/// Sends what belongs to this gateway's log to the broker, under the log's id, and tries until it is there. What is sent twice is the same twice:
/// index and log id stand in the headers.
/// </summary>
internal sealed partial class DecisionStream(
    EventProducer producer, IOptions<DecisionLogOptions> log, IOptions<InvolvementOptions> involvement, TimeProvider time, ILogger<DecisionStream> logger)
{
    /// <summary>Header with the id of the log.</summary>
    public const string LogIdHeader = "keten-log-id";

    /// <summary>Header with the index of the record; of a checkpoint: how many records it counts.</summary>
    public const string IndexHeader = "keten-log-index";

    private Guid? _logId;
    private int _failing;

    /// <summary>Completes when all replicas have it.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="type">One of <see cref="EventTypes"/>.</param>
    /// <param name="contentType">Of the value.</param>
    /// <param name="index">Goes into the header, and with the log's id and the type makes the event's.</param>
    /// <param name="version">Joins the event's id where one index may come with other bytes; null: it never does.</param>
    /// <param name="value">The bytes as they are in the log.</param>
    /// <param name="cancellationToken">Ends it; then it may or may not be there.</param>
    public async Task SendAsync(string topic, string type, string contentType, long index, string? version, byte[] value, CancellationToken cancellationToken)
    {
        var logId = (_logId ??= LogId.Read(log.Value.Directory))?.ToString() ?? throw new InvalidOperationException("There is no record yet.");
        var place = index.ToString(CultureInfo.InvariantCulture);

        // Who drops what came before goes by source and id alone, as CloudEvents has it: what differs in anything else is another event.
        var id = version is null ? $"{logId}:{type}:{place}" : $"{logId}:{type}:{place}:{version}";
        var backoff = new Backoff(time);
        while (true)
        {
            var headers = new CloudEvent(id, involvement.Value.Source, type, time.GetUtcNow()).ToHeaders();
            headers.Remove("content-type");
            headers.Add("content-type", Encoding.UTF8.GetBytes(contentType));
            headers.Add(LogIdHeader, Encoding.UTF8.GetBytes(logId));
            headers.Add(IndexHeader, Encoding.UTF8.GetBytes(place));
            try
            {
                await producer.SendAsync(topic, null, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(logId), Value = value, Headers = headers }, cancellationToken);
                if (Interlocked.Exchange(ref _failing, 0) == 1)
                {
                    Log.Again(logger, topic);
                }

                return;
            }
            catch (KafkaException problem)
            {
                if (Interlocked.Exchange(ref _failing, 1) == 0)
                {
                    Log.NotSent(logger, topic, problem.Error.Code);
                }

                await backoff.WaitAsync(cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2060, LogLevel.Error, "Topic {Topic} cannot be written ({Code}): the decision log is not published until it can; nothing is skipped. Does it exist (keten events init), and may the gateway write it (keten events acl)?")]
        public static partial void NotSent(ILogger logger, string topic, ErrorCode code);

        [LoggerMessage(2061, LogLevel.Warning, "Topic {Topic} is written again")]
        public static partial void Again(ILogger logger, string topic);
    }
}
