using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Keten.DecisionLog.Checkpoints;

/// <summary>One signature line of a note.</summary>
/// <param name="Name">Name of the key.</param>
/// <param name="KeyId">Which key of that name.</param>
/// <param name="Bytes">The signature itself, laid out as the key's algorithm says.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Bytes)
{
    private const string Prefix = "— ";
    private const int IdBytes = 4;

    internal static bool TryParse(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(Prefix, StringComparison.Ordinal) || line[Prefix.Length..].Split(' ') is not [var name, var encoded] || !IsName(name))
        {
            return false;
        }

        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length) || length <= IdBytes)
        {
            return false;
        }

        // The one spelling there is: a changed bit that means nothing is a change all the same.
        if (Convert.ToBase64String(bytes.AsSpan(0, length)) != encoded)
        {
            return false;
        }

        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(IdBytes, length - IdBytes));
        return true;
    }

    /// <summary>Not empty, without white space and without a plus.</summary>
    internal static bool IsName(string name) => name.Length > 0 && !name.Contains('+', StringComparison.Ordinal) && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    /// <summary>The line, with its line feed.</summary>
    public override string ToString()
    {
        var bytes = new byte[IdBytes + Bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Bytes.CopyTo(bytes.AsMemory(IdBytes));
        return $"{Prefix}{Name} {Convert.ToBase64String(bytes)}\n";
    }
}
