using Google.Protobuf;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>A record as it is stored, encoded by the appending thread in a buffer of its own.</summary>
internal static class RecordEncoding
{
    [ThreadStatic]
    private static byte[]? t_scratch;

    [ThreadStatic]
    private static byte[]? t_sealed;

    /// <summary>Why the log cannot take a record; null when it can.</summary>
    public static Exception? Fault(LogRecord record, int size) =>
        record.RecordCase == LogRecord.RecordOneofCase.None
            ? new ArgumentException("A log record holds a decision, an outcome or an erasure.", nameof(record))
            : !record.Sealed.IsEmpty || record.SubjectKey != 0
                ? new ArgumentException("The record was read from a log; sealing it again would lose what it holds.", nameof(record))
            : size > RecordFrame.MaxPayload
                ? new IOException($"The record has {size} bytes; the log takes at most {RecordFrame.MaxPayload}.")
                : null;

    /// <summary>The encoded record, nothing sealed; valid until this thread encodes the next.</summary>
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

    /// <summary>The record as it is stored: what tells of a person under that person's key. Valid until this thread seals the next.</summary>
    /// <param name="encoded">As <see cref="Encode"/> gave it.</param>
    /// <param name="person">Pseudonym; empty when the record names nobody. What such records say of a person, they share a key for.</param>
    /// <param name="keys">Where the key is found or made.</param>
    /// <param name="subjectKey">Number of the key to use instead of the person's; 0: none.</param>
    /// <exception cref="IOException">The key cannot be had.</exception>
    public static ReadOnlySpan<byte> Seal(ReadOnlySpan<byte> encoded, string person, SubjectKeyStore keys, long subjectKey = 0)
    {
        var size = (2 * encoded.Length) + RecordSeal.MaxGrowth;
        if (t_sealed is null || t_sealed.Length < size)
        {
            t_sealed = new byte[Math.Max(size, 8192)];
        }

        var personal = new SpanWriter(t_sealed.AsSpan(0, encoded.Length));
        var stored = new SpanWriter(t_sealed.AsSpan(encoded.Length));
        RecordSeal.Split(encoded, ref stored, ref personal, out var decisionId);
        if (personal.Written.IsEmpty)
        {
            return encoded;
        }

        RecordSeal.Seal(ref stored, personal.Written, decisionId, subjectKey == 0 ? keys.Get(person) : keys.Get(subjectKey));
        return stored.Written;
    }
}
