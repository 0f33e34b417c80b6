using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Keten.Oprf.Tests;

public sealed class HashToCurveTests
{
    [Theory]
    [InlineData("h2c-expand_message_xmd_sha256_dst38.json")]
    [InlineData("h2c-expand_message_xmd_sha256_dst256.json")]
    public void Expands_a_message_as_the_vectors_of_rfc_9380(string file)
    {
        var vectors = Vector.Load(file);
        var tag = Encoding.ASCII.GetBytes(vectors.Text("DST"));
        var tests = vectors.GetProperty("tests").EnumerateArray().ToList();
        Assert.Equal(10, tests.Count);
        Assert.All(tests, test =>
        {
            var output = new byte[int.Parse(test.Text("len_in_bytes")[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
            HashToCurve.ExpandMessage(Encoding.ASCII.GetBytes(test.Text("msg")), tag, output);
            Assert.Equal(test.Hex("uniform_bytes"), output);
        });
    }

    [Fact]
    public void Maps_a_message_to_the_points_of_rfc_9380()
    {
        var vectors = Vector.Load("h2c-p256_xmd_sha-256_sswu_ro.json");
        var tag = Encoding.ASCII.GetBytes(vectors.Text("dst"));
        var tests = vectors.GetProperty("vectors").EnumerateArray().ToList();
        Assert.Equal(5, tests.Count);
        Assert.All(tests, test =>
        {
            var u = test.GetProperty("u").EnumerateArray().Select(e => HashToCurve.Field(Convert.FromHexString(e.GetString()![2..]))).ToList();
            Same(test.GetProperty("Q0"), HashToCurve.Map(u[0]));
            Same(test.GetProperty("Q1"), HashToCurve.Map(u[1]));
            Same(test.GetProperty("P"), HashToCurve.Hash(Encoding.ASCII.GetBytes(test.Text("msg")), tag).Point);
        });
    }

    [Fact]
    public void The_map_also_knows_the_inputs_where_its_denominator_is_zero()
    {
        var zero = P256.Curve.FromBigInteger(Org.BouncyCastle.Math.BigInteger.Zero);
        Assert.True(HashToCurve.Map(zero).IsValid());
    }

    [Fact]
    public void Every_input_gives_a_point_on_the_curve() => Gen.Byte.Array[0, 200].Sample(input =>
    {
        var element = OprfSuite.Verifiable.HashToGroup(input);
        return element.Point.IsValid() && element.Equals(Vector.Element(element.ToArray()));
    }, iter: 300);

    private static void Same(JsonElement expected, Org.BouncyCastle.Math.EC.ECPoint point)
    {
        point = point.Normalize();
        Assert.Equal(expected.Hex("x"), point.AffineXCoord.GetEncoded());
        Assert.Equal(expected.Hex("y"), point.AffineYCoord.GetEncoded());
    }
}
