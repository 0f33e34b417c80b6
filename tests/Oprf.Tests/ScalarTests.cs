using System.Numerics;
using CsCheck;

namespace Keten.Oprf.Tests;

/// <summary>Against the platform's big numbers, which are not constant in time but right.</summary>
public sealed class ScalarTests
{
    private static readonly BigInteger Order = BigInteger.Parse("0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", System.Globalization.NumberStyles.HexNumber);

    private static readonly BigInteger[] Edges =
        [BigInteger.Zero, BigInteger.One, Order - 1, Order - 2, Order >> 1, (BigInteger.One << 255) - 1, BigInteger.One << 64, (BigInteger.One << 128) - 1];

    // Random numbers seldom meet the edges: begin with those.
    private static readonly Gen<BigInteger> Numbers = Gen.OneOf(
        Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]),
        Gen.Byte.Array[32].Select(bytes => new BigInteger(bytes, isUnsigned: true) % Order));

    [Fact]
    public void Adds_subtracts_and_multiplies_modulo_the_order() => Gen.Select(Numbers, Numbers).Sample((a, b) =>
    {
        Assert.Equal((a + b) % Order, Number(Of(a) + Of(b)));
        Assert.Equal((a - b + Order) % Order, Number(Of(a) - Of(b)));
        Assert.Equal((Order - a) % Order, Number(-Of(a)));
        Assert.Equal(a * b % Order, Number(Of(a) * Of(b)));
    }, iter: 20_000);

    [Fact]
    public void A_number_times_its_inverse_is_one() => Numbers.Where(a => a > 0).Sample(a =>
        Assert.Equal(BigInteger.One, Number(Of(a) * Of(a).Invert())), iter: 2_000);

    [Fact]
    public void Many_inverted_together_are_each_inverted() => Numbers.Where(a => a > 0).Array[0, 20].Sample(all =>
        Assert.Equal(all.Select(a => Number(Of(a).Invert())), Scalar.InvertAll([.. all.Select(a => Of(a))]).Select(i => Number(i))), iter: 200);

    [Fact]
    public void Forty_eight_bytes_are_reduced() => Gen.Byte.Array[48].Sample(wide =>
        Assert.Equal(new BigInteger(wide, isUnsigned: true, isBigEndian: true) % Order, Number(Scalar.Reduce(wide))), iter: 20_000);

    [Fact]
    public void The_largest_forty_eight_bytes_are_reduced()
    {
        var wide = Enumerable.Repeat((byte)0xff, 48).ToArray();
        Assert.Equal(((BigInteger.One << 384) - 1) % Order, Number(Scalar.Reduce(wide)));
    }

    [Fact]
    public void Only_thirty_two_bytes_below_the_order_are_a_scalar()
    {
        Assert.True(Scalar.TryParse(Bytes(Order - 1), out _));
        Assert.True(Scalar.TryParse(Bytes(0), out var zero) && zero.IsZero);
        Assert.False(Scalar.TryParse(Bytes(Order), out _));
        Assert.False(Scalar.TryParse(Bytes(Order + 1), out _));
        Assert.False(Scalar.TryParse(Bytes((BigInteger.One << 256) - 1), out _));
        Assert.False(Scalar.TryParse(new byte[31], out _));
        Assert.False(Scalar.TryParse(new byte[33], out _));
        Assert.False(Scalar.TryParse([], out _));
    }

    [Fact]
    public void What_is_read_is_written_again() => Numbers.Sample(a => Assert.Equal(Bytes(a), Of(a).ToArray()), iter: 1_000);

    private static Scalar Of(BigInteger number) => Vector.Scalar(Bytes(number));

    private static BigInteger Number(in Scalar scalar) => new(scalar.ToArray(), isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
