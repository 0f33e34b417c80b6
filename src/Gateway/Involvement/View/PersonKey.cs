using System.Buffers.Binary;
using System.Buffers.Text;
using Keten.Contracts.Identifiers;

namespace Keten.Gateway.Involvement.View;

/// <summary>A pseudonym in numbers: its 32 bytes, and its key id of at most eight of 36 characters. One to one, for the text is canonical.</summary>
internal readonly record struct PersonKey(ulong A, ulong B, ulong C, ulong D, ulong KeyId)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int OutputLength = 32;

    // 0 is "no more characters".
    private const int Base = 37;

    /// <summary>Allocates nothing.</summary>
    public static PersonKey Of(Pseudonym person)
    {
        var text = person.Value.AsSpan();
        var dot = text.IndexOf('.');
        Span<byte> output = stackalloc byte[OutputLength];
        Base64Url.DecodeFromChars(text[(dot + 1)..], output);
        var keyId = 0UL;
        foreach (var character in text[..dot])
        {
            keyId = (keyId * Base) + (ulong)(char.IsAsciiDigit(character) ? character - '0' + 27 : character - 'a' + 1);
        }

        return new PersonKey(Part(output, 0), Part(output, 1), Part(output, 2), Part(output, 3), keyId);
    }

    public Pseudonym ToPseudonym()
    {
        Span<byte> output = stackalloc byte[OutputLength];
        Span<ulong> parts = [A, B, C, D];
        for (var i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(output[(i * sizeof(ulong))..], parts[i]);
        }

        var keyId = "";
        for (var rest = KeyId; rest > 0; rest /= Base)
        {
            keyId = Alphabet[(int)(rest % Base) - 1] + keyId;
        }

        return Pseudonym.Create(keyId, output);
    }

    // Seeded by process: nobody can report pseudonyms that all fall together.
    public override int GetHashCode() => HashCode.Combine(A, B, C, D, KeyId);

    private static ulong Part(ReadOnlySpan<byte> output, int index) => BinaryPrimitives.ReadUInt64LittleEndian(output[(index * sizeof(ulong))..]);
}
