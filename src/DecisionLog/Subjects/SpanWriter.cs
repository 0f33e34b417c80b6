namespace Keten.DecisionLog.Subjects;

/// <summary>Writes encoded protobuf fields one after another into a buffer that is large enough.</summary>
internal ref struct SpanWriter(Span<byte> target)
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private readonly Span<byte> _target = target;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _target[.._length];

    public void Write(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void WriteNumber(int field, ulong value)
    {
        WriteVarint((ulong)(field << 3 | Varint));
        WriteVarint(value);
    }

    public void WriteTag(int field, int length)
    {
        WriteVarint((ulong)(field << 3 | LengthDelimited));
        WriteVarint((ulong)length);
    }

    public Span<byte> Take(int count)
    {
        var taken = _target.Slice(_length, count);
        _length += count;
        return taken;
    }

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Take(1)[0] = (byte)(value | 0x80);
        }

        Take(1)[0] = (byte)value;
    }
}
