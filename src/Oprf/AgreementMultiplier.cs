using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using BouncyPoint = Org.BouncyCastle.Math.EC.ECPoint;
using BouncyField = Org.BouncyCastle.Math.EC.ECFieldElement;

namespace Keten.Oprf;

/// <summary>
/// By what .NET has on every system: Diffie-Hellman agreements, in OpenSSL or the system's own library. An agreement gives the product's x only; y follows
/// from the x of (k+1)·P as well, by the formula of Okeya and Sakurai, from values that may be public.
/// </summary>
internal sealed class AgreementMultiplier : SecretMultiplier
{
    private static readonly BouncyField TwoB = P256.Curve.B.Add(P256.Curve.B);

    private readonly ECDiffieHellman _key;
    private readonly ECDiffieHellman _next;

    public AgreementMultiplier(in Scalar scalar)
    {
        _key = Open(scalar);
        _next = Open(scalar + Scalar.One);
    }

    /// <inheritdoc/>
    public override GroupElement MultiplyGenerator()
    {
        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        return new GroupElement(P256.Curve.CreatePoint(new BigInteger(1, q.X!), new BigInteger(1, q.Y!)));
    }

    /// <inheritdoc/>
    public override GroupElement Multiply(GroupElement element)
    {
        var point = element.Point;
        using var other = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point.AffineXCoord.GetEncoded(), Y = point.AffineYCoord.GetEncoded() },
        });
        using var agreed = other.PublicKey;
        return new GroupElement(Complete(point, Field(_key.DeriveRawSecretAgreement(agreed)), Field(_next.DeriveRawSecretAgreement(agreed))));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _key.Dispose();
        _next.Dispose();
    }

    /// <summary>y1 = (2b + (a + x·x1)(x + x1) - x2(x - x1)²) / 2y, with x1 of k·P and x2 of (k+1)·P.</summary>
    private static BouncyPoint Complete(BouncyPoint point, BouncyField x1, BouncyField x2)
    {
        var (x, y) = (point.AffineXCoord, point.AffineYCoord);
        var above = TwoB.Add(P256.Curve.A.Add(x.Multiply(x1)).Multiply(x.Add(x1))).Subtract(x2.Multiply(x.Subtract(x1).Square()));
        var y1 = above.Divide(y.Add(y));
        return Checked(x1.ToBigInteger(), y1.ToBigInteger());
    }

    private static BouncyField Field(byte[] bytes) => P256.Curve.FromBigInteger(new BigInteger(1, bytes));

    private static ECDiffieHellman Open(in Scalar scalar)
    {
        var d = GC.AllocateUninitializedArray<byte>(Scalar.Bytes, pinned: true);
        try
        {
            scalar.CopyTo(d);
            return ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }
}
