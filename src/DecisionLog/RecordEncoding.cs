using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>A record as it is stored, encoded by the appending thread in a buffer of its own.</summary>
internal static class RecordEncoding
{
    [ThreadStatic]
    private static byte[]? t_scratch;

    /// <summary>Why the log cannot take a record; null when it can.</summary>
    public static Exception? Fault(LogRecord record, int size) =>
        record.RecordCase == LogRecord.RecordOneofCase.None
            ? new ArgumentException("A log record holds a decision or an outcome.", nameof(record))
            : size > RecordFrame.MaxPayload
                ? new IOException($"The record has {size} bytes; the log takes at most {RecordFrame.MaxPayload}.")
                : null;

    /// <summary>The encoded record; valid until this thread encodes the next.</summary>
    public static ReadOnlySpan<byte> Encode(LogRecord record, int size)
    {
        if (t_scratch is null || t_scratch.Length < size)
        {
            t_scratch = new byte[Math.Max(size, 4096)];
        }

        var payload = t_scratch.AsSpan(0, size);
        record.WriteTo(payload);
        return payload;
    }
}
