namespace Keten.DecisionLog;

/// <summary>Walks the fields of an encoded protobuf message without decoding it; nothing is allocated.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int LengthDelimited = 2;
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the field that was read last.</summary>
    public int Number { get; private set; }

    /// <summary>Text, bytes, a message, or packed numbers; then <see cref="Value"/> holds it.</summary>
    public bool HasLength { get; private set; }

    /// <summary>The field as it stands, tag included.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>False at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no encoded message.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var begin = _rest;
        var tag = ReadVarint(ref _rest);
        Number = (int)(tag >> 3);
        HasLength = (tag & 7) == LengthDelimited;
        Value = default;
        switch (tag & 7)
        {
            case 0:
                ReadVarint(ref _rest);
                break;
            case 1:
                Take(sizeof(ulong));
                break;
            case LengthDelimited:
                Value = Take(ReadVarint(ref _rest));
                break;
            case 5:
                Take(sizeof(uint));
                break;
            default:
                throw new InvalidDataException("The encoded record has a wire type that is not used.");
        }

        Whole = begin[..(begin.Length - _rest.Length)];
        return true;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw new InvalidDataException("The encoded record ends in the middle of a field.");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("The encoded record ends in the middle of a number.");
    }
}
