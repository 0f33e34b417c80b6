using System.Text;
using Confluent.Kafka;

namespace Keten.Events.Operation;

/// <summary>The dead letters of a federation, for people: look, and give a letter another chance when its cause is gone.</summary>
public sealed class DeadLetterBox(KafkaClients clients, TimeProvider time)
{
    /// <summary>
    /// How old a letter may be to be put back. What its organisation reported after it stands in the topic at least as long, and what it erased before it, while
    /// the record waited to be read, the gateways took in no earlier than they wrote the letter and remember longer.
    /// </summary>
    public static TimeSpan Term => TopicSpecification.CompactionLag;

    /// <summary>All letters of these topics, oldest first.</summary>
    /// <param name="topics">The topics whose letters, not the letters' own.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public IReadOnlyList<DeadLetter> Read(IEnumerable<string> topics, CancellationToken cancellationToken)
    {
        var letters = new List<DeadLetter>();
        foreach (var topic in topics.Select(Topics.DeadLetter))
        {
            var records = new List<ConsumeResult<byte[], byte[]>>();
            TopicScan.Read(clients, [topic], record =>
            {
                records.Add(record);
                return true;
            }, cancellationToken);
            var redriven = records.Select(r => NoteOf(r)).OfType<string>().ToHashSet(StringComparer.Ordinal);
            letters.AddRange(records.Where(r => NoteOf(r) is null).Select(r => new DeadLetter(r)).Select(letter =>
            {
                letter.IsRedriven = redriven.Contains(letter.Place);
                return letter;
            }));
        }

        return [.. letters.OrderBy(letter => letter.Time).ThenBy(letter => letter.Id, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Puts the records of letters within their <see cref="Term"/> at the end of the topics they came from, in order, where the gateway decides on them anew; and
    /// notes it beside the letters.
    /// </summary>
    /// <exception cref="KafkaException">The broker does not answer or refuses.</exception>
    public async Task<IReadOnlyList<(DeadLetter Letter, RedriveResult Result)>> RedriveAsync(
        IReadOnlyList<DeadLetter> letters, bool dryRun, CancellationToken cancellationToken)
    {
        using var producer = clients.CreateProducer("keten-events");
        var oldest = time.GetUtcNow() - Term;
        var results = new List<(DeadLetter, RedriveResult)>();
        foreach (var topic in letters.GroupBy(letter => letter.Original?.Topic))
        {
            var isReports = topic.Key is not null && Topics.TryGetOwner(topic.Key, out _);
            var own = topic.Select(letter => letter.Original).OfType<TopicPartitionOffset>().ToHashSet();
            var newest = isReports ? NewestOf(topic.Key!, own, cancellationToken) : [];
            foreach (var letter in topic)
            {
                var result = letter is not { HasContent: true, Original: { } original } ? RedriveResult.WithoutContent
                    : !isReports ? RedriveResult.NoReport
                    : letter.Time < oldest ? RedriveResult.TooOld
                    : newest.TryGetValue((original.Partition, Convert.ToHexString(letter.Record.Message.Key)), out var offset) && offset > original.Offset ? RedriveResult.Superseded
                    : RedriveResult.Redriven;
                if (result == RedriveResult.Redriven && !dryRun)
                {
                    await RedriveAsync(producer, letter, cancellationToken);
                }

                results.Add((letter, result));
            }
        }

        return results;
    }

    private static async Task RedriveAsync(IProducer<byte[], byte[]> producer, DeadLetter letter, CancellationToken cancellationToken)
    {
        var record = letter.Record;
        var original = letter.Original!;
        await producer.ProduceAsync(original.TopicPartition, new Message<byte[], byte[]>
        {
            Key = record.Message.Key, Value = record.Message.Value, Headers = CloudEvent.Copy(record.Message.Headers),
        }, cancellationToken);
        await producer.ProduceAsync(record.TopicPartition, new Message<byte[], byte[]>
        {
            Key = null!, Value = null!, Headers = new Headers { { DeadLetterHeaders.Redriven, Encoding.UTF8.GetBytes(letter.Place) } },
        }, cancellationToken);
    }

    // The newest record of every key of a topic, but for these.
    private Dictionary<(Partition Partition, string Key), Offset> NewestOf(string topic, HashSet<TopicPartitionOffset> without, CancellationToken cancellationToken)
    {
        var newest = new Dictionary<(Partition, string), Offset>();
        TopicScan.Read(clients, [topic], record =>
        {
            if (record.Message.Key is { } key && !without.Contains(record.TopicPartitionOffset))
            {
                newest[(record.Partition, Convert.ToHexString(key))] = record.Offset;
            }

            return true;
        }, cancellationToken);
        return newest;
    }

    private static string? NoteOf(ConsumeResult<byte[], byte[]> record) =>
        record.Message.Headers.TryGetLastBytes(DeadLetterHeaders.Redriven, out var place) ? Encoding.UTF8.GetString(place) : null;
}
