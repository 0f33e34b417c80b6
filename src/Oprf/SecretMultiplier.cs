using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using BouncyPoint = Org.BouncyCastle.Math.EC.ECPoint;
using BouncyField = Org.BouncyCastle.Math.EC.ECFieldElement;

namespace Keten.Oprf;

/// <summary>
/// Multiplies points by a secret number in OpenSSL, whose time does not depend on it. OpenSSL gives the product's x only (it is a Diffie-Hellman
/// agreement); y follows from the x of (k+1)·P as well, by the formula of Okeya and Sakurai, from values that may be public. Not for concurrent use.
/// </summary>
internal sealed class SecretMultiplier : IDisposable
{
    private static readonly BouncyField TwoB = P256.Curve.B.Add(P256.Curve.B);

    private readonly ECDiffieHellman _key;
    private readonly ECDiffieHellman _next;

    /// <param name="scalar">Neither zero nor -1: then the product, or the next one, is the identity.</param>
    public SecretMultiplier(in Scalar scalar)
    {
        if (scalar.IsZero || (scalar + Scalar.One).IsZero)
        {
            throw new ArgumentException("Zero and minus one are no keys.", nameof(scalar));
        }

        _key = Open(scalar);
        _next = Open(scalar + Scalar.One);
    }

    /// <summary>k·G.</summary>
    public GroupElement MultiplyGenerator()
    {
        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        return new GroupElement(P256.Curve.CreatePoint(new BigInteger(1, q.X!), new BigInteger(1, q.Y!)));
    }

    /// <summary>k·P.</summary>
    /// <exception cref="CryptographicException">The product is not on the curve: the machine computed wrongly. It must not leave.</exception>
    public GroupElement Multiply(GroupElement element)
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
    public void Dispose()
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
        // A fault in the processor must not become an answer from which the key can be computed.
        return y1.Square().Equals(P256.RightSide(x1)) ? P256.Curve.CreatePoint(x1.ToBigInteger(), y1.ToBigInteger())
            : throw new CryptographicException("The product is not on the curve.");
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
