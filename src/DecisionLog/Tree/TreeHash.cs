using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keten.DecisionLog.Tree;

/// <summary>A hash of the Merkle tree (RFC 6962, section 2.1): SHA-256, 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TreeHash
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private const int OnStack = 2048;
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Root of a tree without leaves: the hash of nothing.</summary>
    public static TreeHash Empty { get; } = Of([]);

    /// <summary>Hash of a leaf: SHA-256 of 0x00 and the entry, so that a leaf can never be taken for a node.</summary>
    public static TreeHash Leaf(ReadOnlySpan<byte> entry)
    {
        var size = entry.Length + 1;
        var rented = size > OnStack ? ArrayPool<byte>.Shared.Rent(size) : null;
        var input = rented is null ? stackalloc byte[OnStack] : rented;
        input[0] = 0;
        entry.CopyTo(input[1..]);
        var hash = Of(input[..size]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    /// <summary>Hash of two subtrees: SHA-256 of 0x01, left and right.</summary>
    public static TreeHash Node(TreeHash left, TreeHash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Size)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Size)..]);
        return Of(input);
    }

    /// <summary>The 32 bytes of a hash.</summary>
    /// <exception cref="ArgumentException">There are fewer than 32.</exception>
    public static TreeHash Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Size ? MemoryMarshal.Read<TreeHash>(bytes) : throw new ArgumentException("A tree hash has 32 bytes.", nameof(bytes));

    /// <summary>Standard base64 of exactly 32 bytes, in the one spelling there is.</summary>
    public static bool TryParse(string text, out TreeHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size + 3];
        hash = default;
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length != Size)
        {
            return false;
        }

        hash = Read(bytes);
        return hash.ToString() == text;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> target) => MemoryMarshal.Write(target, in this);

    /// <summary>Standard base64.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToBase64String(bytes);
    }

    private static TreeHash Of(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(input, hash);
        return Read(hash);
    }
}
