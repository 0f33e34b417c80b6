using System.Text;
using System.Security.Cryptography;

namespace Keten.Oprf.Tests;

/// <summary>All vectors of RFC 9497 for this suite, both modes: every value on the way, not only the last.</summary>
public sealed class VoprfVectorTests
{
    [Theory]
    [InlineData("p256-sha256-oprf.json", 0, 2)]
    [InlineData("p256-sha256-voprf.json", 1, 3)]
    public void Every_step_gives_the_values_of_rfc_9497(string file, int mode, int count)
    {
        var suite = mode == 0 ? OprfSuite.Base : OprfSuite.Verifiable;
        var vectors = Vector.Load(file)[0];
        Assert.Equal(mode, vectors.GetProperty("mode").GetInt32());
        using var key = suite.DeriveKey(vectors.Hex("seed"), vectors.Hex("keyInfo"));
        var secret = new byte[EvaluationKey.Length];
        key.Export(secret);
        Assert.Equal(vectors.Hex("skSm"), secret);
        if (mode == 1)
        {
            Assert.Equal(vectors.Hex("pkSm"), key.PublicKey.ToArray());
        }

        var tests = vectors.GetProperty("vectors").EnumerateArray().ToList();
        Assert.Equal(count, tests.Count);
        foreach (var test in tests)
        {
            var inputs = test.HexList("Input");
            Assert.Equal(test.GetProperty("Batch").GetInt32(), inputs.Length);
            List<BlindedInput> blinds = [.. inputs.Zip(test.HexList("Blind"), (input, blind) => suite.Blind(input, Vector.Scalar(blind)))];
            Assert.Equal(test.HexList("BlindedElement"), blinds.Select(b => b.Element.ToArray()));

            GroupElement[] blinded = [.. blinds.Select(b => b.Element)];
            var evaluated = key.Evaluate(blinded);
            Assert.Equal(test.HexList("EvaluationElement"), evaluated.Select(e => e.ToArray()));
            Assert.Equal(test.HexList("Output"), inputs.Select((input, i) => OprfSuite.Finalize(input, blinds[i].Unblind(evaluated[i]))));
            if (mode == 1)
            {
                var proof = test.GetProperty("Proof");
                Assert.Equal(proof.Hex("proof"), DleqProof.Prove(key, blinded, evaluated, suite, Vector.Scalar(proof.Hex("r"))));
                Assert.True(DleqProof.Verify(key.PublicKey, blinded, evaluated, proof.Hex("proof"), suite));
            }
        }
    }

    [Fact]
    public void The_derivation_the_neighbours_use_gives_the_same_bytes_here()
    {
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, """{"landCode":"NL","type":"BSN","value":"999940003"}"""u8.ToArray(), 32, [],
            Encoding.ASCII.GetBytes("oin:00000099000000001000|nationale-verwijsindex|v1"));
        Assert.Equal("bde50e7df60b66cc453a6680cef7cdb2e9bc8cf21f7a6fa5c263b8391c2c7d45", Convert.ToHexStringLower(input));
        var element = OprfSuite.Base.HashToGroup(input);
        Assert.Equal("02843144f3de0ac410114527ddb3176b67225f1109e84f26c20b2946c5963b3a5a", Convert.ToHexStringLower(element.ToArray()));

        Assert.True(EvaluationKey.TryImport(Vector.Load("p256-sha256-oprf.json")[0].Hex("skSm"), out var key));
        var n = key.Evaluate([element])[0];
        Assert.Equal("02dac299bca7caf83009648af7d8c4bf3b5ea8ae5b585d6ff791b96f6543c0d187", Convert.ToHexStringLower(n.ToArray()));
        Assert.Equal("27099d930974f23ed077d8c5ebee17748624aab24b5b81024f233d264a8cbf2e", Convert.ToHexStringLower(OprfSuite.Finalize(input, n)));
    }
}
