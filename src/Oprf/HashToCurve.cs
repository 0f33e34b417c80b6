using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using ECFieldElement = Org.BouncyCastle.Math.EC.ECFieldElement;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace Keten.Oprf;

/// <summary>RFC 9380, suite <c>P256_XMD:SHA-256_SSWU_RO_</c>. The input is known to who computes it, so its time may depend on it.</summary>
internal static class HashToCurve
{
    private const int HashBytes = 32;
    private const int BlockBytes = 64;
    private const int LongestTag = 255;
    private const int LongestOutput = 255 * HashBytes;

    // -10, for which the map is defined on this curve (RFC 9380, section 8.2).
    private static readonly ECFieldElement Z = P256.Curve.FromBigInteger(BigInteger.ValueOf(10)).Negate();
    private static readonly ECFieldElement One = P256.Curve.FromBigInteger(BigInteger.One);
    private static readonly ECFieldElement MinusBOverA = P256.Curve.B.Divide(P256.Curve.A).Negate();
    private static readonly ECFieldElement BOverZA = P256.Curve.B.Divide(Z.Multiply(P256.Curve.A));

    /// <summary>The point; throws only for inputs nobody can find, whose point is the identity.</summary>
    public static GroupElement Hash(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> uniform = stackalloc byte[2 * Scalar.WideBytes];
        ExpandMessage(message, tag, uniform);
        var sum = Map(Field(uniform[..Scalar.WideBytes])).Add(Map(Field(uniform[Scalar.WideBytes..])));
        CryptographicOperations.ZeroMemory(uniform);
        return new GroupElement(sum);
    }

    /// <summary>hash_to_field with one element modulo the group's order.</summary>
    public static Scalar HashToScalar(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> wide = stackalloc byte[Scalar.WideBytes];
        ExpandMessage(message, tag, wide);
        var scalar = Scalar.Reduce(wide);
        CryptographicOperations.ZeroMemory(wide);
        return scalar;
    }

    /// <summary>expand_message_xmd with SHA-256 (section 5.3.1).</summary>
    public static void ExpandMessage(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag, Span<byte> output)
    {
        if (output.Length is 0 or > LongestOutput)
        {
            throw new ArgumentException($"1 to {LongestOutput} bytes.", nameof(output));
        }

        Span<byte> domain = stackalloc byte[LongestTag + 1];
        var length = tag.Length > LongestTag ? SHA256.HashData([.. "H2C-OVERSIZE-DST-"u8, .. tag], domain) : Copy(tag, domain);
        domain[length] = (byte)length;
        domain = domain[..(length + 1)];

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(stackalloc byte[BlockBytes]);
        hash.AppendData(message);
        hash.AppendData([(byte)(output.Length >> 8), (byte)output.Length, 0]);
        hash.AppendData(domain);
        Span<byte> first = stackalloc byte[HashBytes];
        hash.GetHashAndReset(first);

        Span<byte> block = stackalloc byte[HashBytes];
        block.Clear();
        for (var (i, at) = (1, 0); at < output.Length; i++, at += HashBytes)
        {
            for (var j = 0; j < HashBytes; j++)
            {
                block[j] ^= first[j];
            }

            hash.AppendData(block);
            hash.AppendData([(byte)i]);
            hash.AppendData(domain);
            hash.GetHashAndReset(block);
            block[..Math.Min(HashBytes, output.Length - at)].CopyTo(output[at..]);
        }
    }

    /// <summary>Simplified Shallue-van de Woestijne-Ulas (section 6.6.2).</summary>
    public static ECPoint Map(ECFieldElement u)
    {
        var zu2 = Z.Multiply(u.Square());
        var denominator = zu2.Square().Add(zu2);
        var x = denominator.IsZero ? BOverZA : MinusBOverA.Multiply(denominator.Invert().Add(One));
        var y = P256.RightSide(x).Sqrt();
        if (y is null)
        {
            x = zu2.Multiply(x);
            y = P256.RightSide(x).Sqrt();
        }

        y = y.TestBitZero() == u.TestBitZero() ? y : y.Negate();
        return P256.Curve.CreatePoint(x.ToBigInteger(), y.ToBigInteger());
    }

    /// <summary>48 bytes modulo the field's order.</summary>
    public static ECFieldElement Field(ReadOnlySpan<byte> wide) => P256.Curve.FromBigInteger(new BigInteger(1, wide.ToArray()).Mod(P256.FieldOrder));

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
