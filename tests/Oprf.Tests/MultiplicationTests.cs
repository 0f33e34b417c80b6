using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Keten.Oprf.Tests;

/// <summary>Each way of multiplying against BouncyCastle's, which takes one number and one point at a time.</summary>
public sealed class MultiplicationTests
{
    private const string OrderMinusOne = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
    private static readonly string[] Edges =
        ["00", "01", "02", "03", "7f", "80", "ff", "0100", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f", OrderMinusOne, new('f', 62), "8" + new string('0', 62)];

    public static TheoryData<string> Ways => ["OpenSSL", "agreements"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_secret_number_times_a_point_is_the_product(string way)
    {
        var point = OprfSuite.Verifiable.HashToGroup("x"u8);
        foreach (var number in Edges.Where(e => e is not "00" and not OrderMinusOne).Select(Number).Concat(Enumerable.Range(0, 20).Select(_ => Scalar.Random())))
        {
            using var multiplier = Multiplier(way, number);
            Assert.Equal(Product(point, number), multiplier.Multiply(point).Point);
            Assert.Equal(P256.Generator.Multiply(Big(number)).Normalize(), multiplier.MultiplyGenerator().Point);
        }
    }

    [Fact]
    public void The_fast_way_is_there_on_this_machine_and_is_the_one_taken()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "OpenSSL 3 is expected on Linux only.");
        Assert.True(LibCrypto.IsPresent);
        using var multiplier = SecretMultiplier.Of(Scalar.Random());
        Assert.IsType<OpenSslMultiplier>(multiplier);
    }

    [Fact]
    public void Zero_and_minus_one_are_no_keys_and_an_overwritten_number_multiplies_nothing()
    {
        Assert.Throws<ArgumentException>(() => SecretMultiplier.Of(Scalar.Zero));
        Assert.Throws<ArgumentException>(() => SecretMultiplier.Of(Number(OrderMinusOne)));
        var multiplier = SecretMultiplier.Of(Scalar.Random());
        multiplier.Dispose();
        Assert.Throws<ObjectDisposedException>(multiplier.MultiplyGenerator);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(33)]
    [InlineData(1_000)]
    public void A_sum_of_products_is_what_it_is_one_by_one(int size)
    {
        // With numbers at the edges, points that occur twice, and opposite points, whose sum is the identity on the way.
        GroupElement[] points = [.. Enumerable.Range(0, size).Select(i => OprfSuite.Verifiable.HashToGroup(BitConverter.GetBytes(i / 2)))];
        for (var i = 3; i < size; i += 4)
        {
            points[i] = points[i].Negate();
        }

        Scalar[] numbers = [.. Enumerable.Range(0, size).Select(i => i < Edges.Length ? Number(Edges[i]) : Scalar.Random())];
        var expected = points.Select((p, i) => Product(p, numbers[i])).Aggregate((sum, next) => sum.Add(next)).Normalize();
        Assert.Equal(expected, PublicSum.Of(points, numbers));

        var same = Scalar.Random();
        var cancelled = PublicSum.Of([points[0], points[0].Negate()], [same, same]);
        Assert.True(cancelled.IsInfinity);
    }

    private static SecretMultiplier Multiplier(string way, Scalar number) => way == "OpenSSL" ? SecretMultiplier.Of(number) : new AgreementMultiplier(number);

    private static Scalar Number(string hex) => Vector.Scalar(Convert.FromHexString(hex.PadLeft(64, '0')));

    private static BigInteger Big(Scalar number) => new(1, number.ToArray());

    private static ECPoint Product(GroupElement point, Scalar number) => point.Point.Multiply(Big(number)).Normalize();
}
