using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Keten.DecisionLog;
using Keten.Gateway.Management.Access;
using Keten.Protocol.V1;
using Microsoft.Extensions.Options;

namespace Keten.Gateway.Management.Log;

/// <summary>
/// Reads this gateway's own log from its files, for at most two at a time: who reads back years must not slow down the calls. Without a place the
/// answer is «try again», never a queue.
/// </summary>
internal sealed class LogReading(IOptions<DecisionLogOptions> options, SegmentedDecisionLog log) : IDisposable
{
    private const int Readers = 2;

    /// <summary>Records one answer looks at; who wants more asks on from <c>next</c>.</summary>
    private const int MostRecords = 1_000_000;

    private const int FlushAt = 64 << 10;

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    private readonly SemaphoreSlim _places = new(Readers);

    /// <summary>Directory of the log.</summary>
    public string Directory => options.Value.Directory;

    /// <summary>A place to read at; dispose it. Null: all are taken.</summary>
    public IDisposable? TryEnter() => _places.Wait(0) ? new Place(_places) : null;

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

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

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

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
