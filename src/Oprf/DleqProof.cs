using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;
using ECAlgorithms = Org.BouncyCastle.Math.EC.ECAlgorithms;

namespace Keten.Oprf;

/// <summary>
/// One proof for a whole batch that every element was multiplied by the private key of one public key (RFC 9497, section 2.2). 64 bytes: c, then s.
/// </summary>
public static class DleqProof
{
    /// <summary>Length of a proof.</summary>
    public const int Length = 2 * Scalar.Bytes;

    /// <summary>Most elements in one batch here; the RFC's limit is 65,535.</summary>
    public const int MaxElements = 1_000;

    /// <summary>Proves that <paramref name="evaluated"/> is <paramref name="blinded"/> times the key, element by element.</summary>
    public static byte[] Prove(EvaluationKey key, IReadOnlyList<GroupElement> blinded, IReadOnlyList<GroupElement> evaluated, OprfSuite? suite = null) =>
        Prove(key, blinded, evaluated, suite ?? OprfSuite.Verifiable, Scalar.Random());

    internal static byte[] Prove(
        EvaluationKey key, IReadOnlyList<GroupElement> blinded, IReadOnlyList<GroupElement> evaluated, OprfSuite suite, in Scalar random)
    {
        ArgumentNullException.ThrowIfNull(key);
        CheckBatch(blinded, evaluated);
        var m = Element(PublicSum.Of(blinded, Weights(suite, key.PublicKey, blinded, evaluated)));
        GroupElement z, t2, t3;
        using (var byKey = SecretMultiplier.Of(key.Value))
        using (var byRandom = SecretMultiplier.Of(random))
        {
            (z, t2, t3) = (byKey.Multiply(m), byRandom.MultiplyGenerator(), byRandom.Multiply(m));
        }

        var c = Challenge(suite, key.PublicKey, m, z, t2, t3);
        var proof = new byte[Length];
        c.CopyTo(proof);
        (random - (c * key.Value)).CopyTo(proof.AsSpan(Scalar.Bytes));
        return proof;
    }

    /// <summary>True when the proof holds. False for everything else, a malformed proof and batches of unequal length included.</summary>
    public static bool Verify(
        GroupElement publicKey, IReadOnlyList<GroupElement> blinded, IReadOnlyList<GroupElement> evaluated, ReadOnlySpan<byte> proof, OprfSuite? suite = null)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        ArgumentNullException.ThrowIfNull(blinded);
        ArgumentNullException.ThrowIfNull(evaluated);
        suite ??= OprfSuite.Verifiable;
        if (blinded.Count is 0 or > MaxElements || blinded.Count != evaluated.Count || proof.Length != Length
            || !Scalar.TryParse(proof[..Scalar.Bytes], out var c) || !Scalar.TryParse(proof[Scalar.Bytes..], out var s))
        {
            return false;
        }

        var weights = Weights(suite, publicKey, blinded, evaluated);
        var (m, z) = (PublicSum.Of(blinded, weights), PublicSum.Of(evaluated, weights));
        var (cNumber, sNumber) = (Number(c), Number(s));
        var t2 = ECAlgorithms.SumOfTwoMultiplies(P256.Generator, sNumber, publicKey.Point, cNumber);
        var t3 = ECAlgorithms.SumOfTwoMultiplies(m, sNumber, z, cNumber);
        if (m.IsInfinity || z.IsInfinity || t2.IsInfinity || t3.IsInfinity)
        {
            return false;
        }

        var expected = Challenge(suite, publicKey, Element(m), Element(z), Element(t2), Element(t3));
        return CryptographicOperations.FixedTimeEquals(expected.ToArray(), proof[..Scalar.Bytes]);
    }

    private static void CheckBatch(IReadOnlyList<GroupElement> blinded, IReadOnlyList<GroupElement> evaluated)
    {
        ArgumentNullException.ThrowIfNull(blinded);
        ArgumentNullException.ThrowIfNull(evaluated);
        if (blinded.Count is 0 or > MaxElements || blinded.Count != evaluated.Count)
        {
            throw new ArgumentException($"1 to {MaxElements} elements, as many evaluated as blinded.", nameof(evaluated));
        }
    }

    /// <summary>The numbers d_i by which the batch becomes one pair (ComputeComposites); they bind key and whole batch.</summary>
    private static Scalar[] Weights(OprfSuite suite, GroupElement publicKey, IReadOnlyList<GroupElement> blinded, IReadOnlyList<GroupElement> evaluated)
    {
        byte[] key = publicKey.ToArray();
        var seed = SHA256.HashData([.. OprfSuite.Length(key), .. key, .. OprfSuite.Length(suite.SeedTag), .. suite.SeedTag]);
        var weights = new Scalar[blinded.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            byte[] c = blinded[i].ToArray(), d = evaluated[i].ToArray();
            weights[i] = HashToCurve.HashToScalar(
                [.. OprfSuite.Length(seed), .. seed, (byte)(i >> 8), (byte)i, .. OprfSuite.Length(c), .. c, .. OprfSuite.Length(d), .. d, .. "Composite"u8],
                suite.ScalarTag);
        }

        return weights;
    }

    private static Scalar Challenge(OprfSuite suite, GroupElement publicKey, params ReadOnlySpan<GroupElement> elements)
    {
        var transcript = new List<byte>(200);
        Append(transcript, publicKey);
        foreach (var element in elements)
        {
            Append(transcript, element);
        }

        transcript.AddRange("Challenge"u8);
        return HashToCurve.HashToScalar([.. transcript], suite.ScalarTag);
    }

    private static void Append(List<byte> transcript, GroupElement element)
    {
        byte[] bytes = element.ToArray();
        transcript.AddRange(OprfSuite.Length(bytes));
        transcript.AddRange(bytes);
    }

    private static GroupElement Element(ECPoint point) => new(point);

    private static BigInteger Number(in Scalar scalar) => new(1, scalar.ToArray());
}
