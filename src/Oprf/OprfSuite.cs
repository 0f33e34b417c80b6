using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Keten.Oprf;

/// <summary>
/// RFC 9497, suite P256-SHA256. <see cref="Verifiable"/> is the one in use; <see cref="Base"/> is here because it shares all but the labels and the proof,
/// and because its vectors test the same code.
/// </summary>
public sealed class OprfSuite
{
    /// <summary>Longest input, in bytes.</summary>
    public const int LongestInput = ushort.MaxValue - 1;

    /// <summary>Length of what <see cref="Finalize"/> gives.</summary>
    public const int OutputLength = 32;

    private readonly byte[] _groupTag;
    private readonly byte[] _deriveTag;

    private OprfSuite(byte mode)
    {
        byte[] context = [.. "OPRFV1-"u8, mode, .. "-P256-SHA256"u8];
        _groupTag = [.. "HashToGroup-"u8, .. context];
        _deriveTag = [.. "DeriveKeyPair"u8, .. context];
        ScalarTag = [.. "HashToScalar-"u8, .. context];
        SeedTag = [.. "Seed-"u8, .. context];
    }

    /// <summary>Mode 0: no proof.</summary>
    public static OprfSuite Base { get; } = new(0);

    /// <summary>Mode 1 (VOPRF): the evaluator proves which key it used.</summary>
    public static OprfSuite Verifiable { get; } = new(1);

    internal byte[] ScalarTag { get; }

    internal byte[] SeedTag { get; }

    /// <summary>A key from a secret seed of 32 bytes and a public label (DeriveKeyPair).</summary>
    /// <exception cref="CryptographicException">No key in 256 attempts: that does not happen.</exception>
    public EvaluationKey DeriveKey(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> info)
    {
        if (seed.Length != 32)
        {
            throw new ArgumentException("A seed has 32 bytes.", nameof(seed));
        }

        byte[] input = [.. seed, .. Length(info), .. info, 0];
        try
        {
            for (var counter = 0; counter <= byte.MaxValue; counter++)
            {
                input[^1] = (byte)counter;
                var scalar = HashToCurve.HashToScalar(input, _deriveTag);
                if (!scalar.IsZero)
                {
                    return new EvaluationKey(scalar);
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }

        throw new CryptographicException("No key could be derived.");
    }

    /// <summary>The point of an input.</summary>
    public GroupElement HashToGroup(ReadOnlySpan<byte> input) => HashToCurve.Hash(Checked(input), _groupTag);

    /// <summary>Hides an input behind a fresh random number.</summary>
    public BlindedInput Blind(ReadOnlySpan<byte> input) => Blind(input, Scalar.Random());

    internal BlindedInput Blind(ReadOnlySpan<byte> input, in Scalar blind)
    {
        using var multiplier = SecretMultiplier.Of(blind);
        return new BlindedInput(multiplier.Multiply(HashToGroup(input)), blind);
    }

    /// <summary>The output for an input: 32 bytes that only the key's holders and this caller can compute.</summary>
    /// <param name="input">What was blinded.</param>
    /// <param name="unblinded">What <see cref="BlindedInput.Unblind"/> gave.</param>
    public static byte[] Finalize(ReadOnlySpan<byte> input, GroupElement unblinded)
    {
        ArgumentNullException.ThrowIfNull(unblinded);
        byte[] element = unblinded.ToArray();
        return SHA256.HashData([.. Length(Checked(input)), .. input, .. Length(element), .. element, .. "Finalize"u8]);
    }

    /// <summary>I2OSP(length, 2).</summary>
    internal static byte[] Length(ReadOnlySpan<byte> of)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)of.Length));
        return bytes;
    }

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> input) => input.Length <= LongestInput ? input
        : throw new ArgumentException($"An input has at most {LongestInput} bytes.", nameof(input));
}
