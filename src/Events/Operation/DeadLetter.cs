using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Keten.Events.Operation;

/// <summary>A record that was set aside. What it says is not shown: its key, value and headers only go back where they came from.</summary>
public sealed class DeadLetter
{
    internal DeadLetter(ConsumeResult<byte[], byte[]> record)
    {
        Record = record;
        var original = Header(DeadLetterHeaders.Record).Split('/');
        Original = original is [var topic, var partition, var offset]
            && int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var p) && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var o)
            && record.Topic == Topics.DeadLetter(topic)
            ? new TopicPartitionOffset(topic, p, o) : null;
    }

    /// <summary><c>topic/partition/offset</c> of the letter.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Record.Topic}/{Record.Partition.Value}/{Record.Offset.Value}");

    /// <summary>Why it was set aside.</summary>
    public string Reason => Header(DeadLetterHeaders.Reason);

    /// <summary>The decision, when one was made.</summary>
    public string DecisionId => Header(DeadLetterHeaders.Decision);

    /// <summary>When it was set aside.</summary>
    public DateTimeOffset Time => new(Record.Message.Timestamp.UtcDateTime);

    /// <summary>Where the record stood; null when the letter does not say so.</summary>
    public TopicPartitionOffset? Original { get; }

    /// <summary>The record itself is in the letter; otherwise only where it stood.</summary>
    public bool HasContent => Record.Message.Value is not null && Record.Message.Key is not null;

    /// <summary>It was given another chance since.</summary>
    public bool IsRedriven { get; internal set; }

    internal ConsumeResult<byte[], byte[]> Record { get; }

    internal string Place => string.Create(CultureInfo.InvariantCulture, $"{Record.Partition.Value}/{Record.Offset.Value}");

    private string Header(string name) =>
        Record.Message.Headers.TryGetLastBytes(name, out var value) && value is { Length: <= 256 } ? Encoding.UTF8.GetString(value) : "";
}
