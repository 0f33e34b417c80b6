using System.Collections.Concurrent;
using Google.Protobuf;
using Keten.DecisionLog;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>Keeps records in memory; can be full; refuses a BSN as the real one does.</summary>
public sealed class TheDecisionLog : IDecisionLog
{
    private readonly ConcurrentQueue<DecisionRecord> _records = new();

    public bool IsFull { get; set; }

    /// <summary>How often it was full when asked.</summary>
    public int Refused { get; private set; }

    public IReadOnlyCollection<DecisionRecord> Records => _records;

    public ValueTask AppendAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (IsFull)
        {
            Refused++;
            throw new IOException("No space left on device.");
        }

        if (RecordTextGuard.FindBsn(record.ToByteArray()) is { } field)
        {
            throw new BsnInRecordException(field);
        }

        _records.Enqueue(record.Decision);
        return ValueTask.CompletedTask;
    }
}
