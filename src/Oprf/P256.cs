using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Keten.Oprf;

/// <summary>The curve, as BouncyCastle computes on it. For values that are public, or public to the one who computes: its time depends on them.</summary>
internal static class P256
{
    /// <summary>Bytes of a compressed point (SEC 1).</summary>
    public const int ElementBytes = 33;

    public static readonly ECCurve Curve = CustomNamedCurves.GetByName("secp256r1").Curve;

    public static readonly ECPoint Generator = CustomNamedCurves.GetByName("secp256r1").G;

    public static readonly BigInteger FieldOrder = Curve.Field.Characteristic;

    /// <summary>The y of even or odd parity that belongs to x; null when no point has this x.</summary>
    public static ECFieldElement? SolveY(ECFieldElement x, bool odd)
    {
        var y = RightSide(x).Sqrt();
        return y is null ? null : y.TestBitZero() == odd ? y : y.Negate();
    }

    /// <summary>x³ + ax + b.</summary>
    public static ECFieldElement RightSide(ECFieldElement x) => x.Square().Add(Curve.A).Multiply(x).Add(Curve.B);
}
