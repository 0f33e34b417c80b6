using Google.Protobuf;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;

namespace Keten.DecisionLog;

/// <summary>A record that is on stable storage, still encoded: a follower of the log passes over most, and only reads what concerns it.</summary>
/// <param name="Index">Position in the whole log, from 0, without gaps.</param>
/// <param name="Payload">The protobuf encoding of a <see cref="LogRecord"/>, as stored: what tells of the person is sealed.</param>
/// <param name="Opener">Makes the record whole.</param>
internal readonly record struct DurableRecord(long Index, ReadOnlyMemory<byte> Payload, SubjectOpener Opener)
{
    /// <summary>False: no text of the record holds these bytes, but for what is sealed. A quick look before <see cref="Read"/>.</summary>
    public bool MayHold(ReadOnlySpan<byte> text) => Payload.Span.IndexOf(text) >= 0;

    /// <summary>The whole record; with <see cref="LogRecord.Sealed"/> still set when the person was erased.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is no record: the log was written by something else.</exception>
    public LogRecord Read() => Opener.Read(Payload.Span);
}
