using Google.Protobuf;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Subjects;

/// <summary>Decodes stored records for a reader, and makes them whole where it has the key. Without one they stay sealed: that is no error.</summary>
internal sealed class SubjectOpener : IDisposable
{
    private readonly SubjectKeyFile? _keys;

    private SubjectOpener(SubjectKeyFile? keys) => _keys = keys;

    /// <param name="directory">The directory of the log.</param>
    /// <exception cref="IOException">What lies there as key file is none.</exception>
    public static SubjectOpener Of(string directory) => new(SubjectKeyFile.TryOpenForReading(directory));

    /// <summary>Leaves every record sealed.</summary>
    public static SubjectOpener WithoutKeys() => new(null);

    /// <exception cref="InvalidProtocolBufferException">It is no record.</exception>
    public LogRecord Read(ReadOnlySpan<byte> payload)
    {
        var record = LogRecord.Parser.ParseFrom(payload);
        if (_keys is not null && !record.Sealed.IsEmpty)
        {
            Span<byte> slot = stackalloc byte[SubjectSlot.Size];
            if (_keys.Read(record.SubjectKey, slot) == SlotState.Key)
            {
                RecordSeal.TryOpen(record, SubjectSlot.Key(slot));
            }
        }

        return record;
    }

    public void Dispose() => _keys?.Dispose();
}
