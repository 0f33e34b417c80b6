using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>A record that is on stable storage, still encoded: a follower of the log passes over most, and only reads what concerns it.</summary>
/// <param name="Index">Position in the whole log, from 0, without gaps.</param>
/// <param name="Payload">The protobuf encoding of a <see cref="LogRecord"/>, as stored.</param>
internal readonly record struct DurableRecord(long Index, ReadOnlyMemory<byte> Payload)
{
    /// <summary>False: no text of the record holds these bytes. A quick look before <see cref="Read"/>.</summary>
    public bool MayHold(ReadOnlySpan<byte> text) => Payload.Span.IndexOf(text) >= 0;

    /// <exception cref="InvalidProtocolBufferException">It is no record: the log was written by something else.</exception>
    public LogRecord Read() => LogRecord.Parser.ParseFrom(Payload.Span);
}
