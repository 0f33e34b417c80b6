using System.Security.Cryptography;
using CsCheck;

namespace Keten.Oprf.Tests;

/// <summary>What comes from the network is refused without an exception, or is exactly what it says.</summary>
public sealed class ParserTests
{
    private static readonly string[] NotElements =
    [
        "", "00", "02", "03",
        // the identity, short and padded
        "000000000000000000000000000000000000000000000000000000000000000000",
        // x = 1 has no point on this curve with b as it is; x = 7 neither
        "020000000000000000000000000000000000000000000000000000000000000001", "020000000000000000000000000000000000000000000000000000000000000007",
        // x is the field's order, and 2^256 - 1: not canonical
        "02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", "03ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        // other forms of SEC 1: uncompressed, hybrid, and a wrong first byte
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        "076b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", "016b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        // one byte less, one more
        "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2", "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c29600",
    ];

    public static TheoryData<string> Refused => [.. NotElements];

    [Theory]
    [MemberData(nameof(Refused))]
    public void No_element_is_made_of(string hex) => Assert.False(GroupElement.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void The_generator_is_an_element()
    {
        var bytes = Convert.FromHexString("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
        Assert.Equal(bytes, Vector.Element(bytes).ToArray());
    }

    [Fact]
    public void Random_bytes_are_refused_or_mean_one_point_and_half_of_the_right_form_are_points()
    {
        var points = 0;
        Gen.Select(Gen.Byte[0, 4], Gen.Byte.Array[32]).Sample((first, x) =>
        {
            byte[] bytes = [first, .. x];
            if (GroupElement.TryParse(bytes, out var element))
            {
                Interlocked.Increment(ref points);
                Assert.True(element.Point.IsValid());
                Assert.Equal(bytes, element.ToArray());
            }
        }, iter: 5_000);
        Assert.InRange(points, 600, 1_400);
    }

    [Fact]
    public void Bytes_of_any_length_never_throw() => Gen.Byte.Array[0, 100].Sample(bytes =>
    {
        GroupElement.TryParse(bytes, out _);
        Scalar.TryParse(bytes, out _);
        if (EvaluationKey.TryImport(bytes, out var key))
        {
            key.Dispose();
        }
    }, iter: 5_000);

    [Fact]
    public void A_proof_of_random_bytes_is_refused_without_an_exception()
    {
        using var key = EvaluationKey.Generate();
        GroupElement[] blinded = [OprfSuite.Verifiable.HashToGroup([1])];
        var evaluated = key.Evaluate(blinded);
        Gen.Byte.Array[0, 70].Sample(bytes => !DleqProof.Verify(key.PublicKey, blinded, evaluated, bytes), iter: 1_000);
        var order = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        var proof = DleqProof.Prove(key, blinded, evaluated);
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, evaluated, [.. proof[..32], .. order]));
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, evaluated, [.. order, .. proof[32..]]));
        Assert.False(DleqProof.Verify(key.PublicKey, blinded, evaluated, new byte[64]));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550")]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("01")]
    public void No_key_is_made_of(string hex) => Assert.False(EvaluationKey.TryImport(Convert.FromHexString(hex), out _));

    [Fact]
    public void Opposite_elements_have_no_sum_and_an_overwritten_key_does_nothing()
    {
        using var key = EvaluationKey.Generate();
        Assert.Null(key.PublicKey.Add(key.PublicKey.Negate()));
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Evaluate([key.PublicKey]));
        Assert.Throws<ObjectDisposedException>(() => key.Export(new byte[32]));
    }
}
