using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Keten.DecisionLog;
using Keten.Gateway.Management.Access;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Management.Log;

/// <summary>
/// Reads this gateway's own log from its files, for few at a time: who reads back years must not slow down the calls. Without a place the answer is
/// «try again», never a queue. A place is held as long as the reader takes, so that participants have one each, and operators places of their own.
/// </summary>
internal sealed class LogReading(IOptions<DecisionLogOptions> options, SegmentedDecisionLog log)
{
    private const int MostOperators = 2;
    private const int MostParticipants = 8;

    /// <summary>Records one answer looks at; who wants more asks on from <c>next</c>.</summary>
    private const int MostRecords = 1_000_000;

    private const int FlushAt = 64 << 10;

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _participants = new(StringComparer.Ordinal);
    private int _operators;

    /// <summary>Directory of the log.</summary>
    public string Directory => options.Value.Directory;

    /// <summary>A place for this one to read at; dispose it. Null: it reads already, or all are taken.</summary>
    public IDisposable? TryEnter(Asker asker)
    {
        lock (_gate)
        {
            if (asker.Organisation is { } own)
            {
                return _participants.Count < MostParticipants && _participants.Add(own.Value) ? new Place(this, own.Value) : null;
            }

            if (_operators == MostOperators)
            {
                return null;
            }

            _operators++;
            return new Place(this, null);
        }
    }

    /// <summary>
    /// Writes the decisions that this one asks for and may see, one JSON object a line: <c>index</c> and the <c>LogRecord</c> of
    /// <c>proto/keten/log/v1/record.proto</c> as protobuf JSON. The last line is <c>{"next": n, "end": …}</c>.
    /// </summary>
    public async Task WriteAsync(DecisionQuestion question, Asker asker, IBufferWriter<byte> output, Func<Task> flush, CancellationToken cancellationToken)
    {
        var durable = log.Durable;
        var next = Math.Max(question.Index, question.From is { } from ? LogStart.For(Directory, from) : 0);
        var (looked, lines, unflushed) = (0, 0, 0);
        foreach (var entry in next < durable ? DecisionLogReader.ReadEntries(Directory, next) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Index >= durable || lines == question.Limit || looked++ == MostRecords)
            {
                break;
            }

            next = entry.Index + 1;
            if (entry.Record.Decision is { } decision && VisibleDecision.To(asker, decision) is { } shown && question.Asks(shown))
            {
                lines++;
                unflushed += Write(output, entry, shown);
                if (unflushed > FlushAt)
                {
                    unflushed = 0;
                    await flush();
                }
            }
        }

        WriteEnd(output, next, next >= durable);
        await flush();
    }

    private void Leave(string? participant)
    {
        lock (_gate)
        {
            if (participant is null)
            {
                _operators--;
            }
            else
            {
                _participants.Remove(participant);
            }
        }
    }

    private static int Write(IBufferWriter<byte> output, DecisionLogEntry entry, DecisionRecord shown)
    {
        var record = Json.Format(new LogRecord { RecordedAt = entry.Record.RecordedAt, Decision = shown });
        var line = System.Text.Encoding.UTF8.GetBytes($"{{\"index\":{entry.Index},{record.AsSpan(1).TrimStart()}\n");
        output.Write(line);
        return line.Length;
    }

    private static void WriteEnd(IBufferWriter<byte> output, long next, bool end)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("next"u8, next);
            json.WriteBoolean("end"u8, end);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private sealed class Place(LogReading reading, string? participant) : IDisposable
    {
        public void Dispose() => reading.Leave(participant);
    }
}
