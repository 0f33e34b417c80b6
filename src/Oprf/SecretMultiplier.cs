using System.Security.Cryptography;
using Org.BouncyCastle.Math;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace Keten.Oprf;

/// <summary>Multiplies points by a secret number in a library whose time does not depend on it.</summary>
internal abstract class SecretMultiplier : IDisposable
{
    /// <summary>The fastest this machine has.</summary>
    /// <param name="scalar">Neither zero nor -1, which no honest party draws.</param>
    public static SecretMultiplier Of(in Scalar scalar) =>
        scalar.IsZero || (scalar + Scalar.One).IsZero ? throw new ArgumentException("Zero and minus one are no keys.", nameof(scalar))
        : LibCrypto.IsPresent ? new OpenSslMultiplier(scalar)
        : new AgreementMultiplier(scalar);

    /// <summary>k·G.</summary>
    public abstract GroupElement MultiplyGenerator();

    /// <summary>k·P.</summary>
    /// <exception cref="CryptographicException">The product is not on the curve: the machine computed wrongly. It must not leave.</exception>
    public abstract GroupElement Multiply(GroupElement element);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>A fault in the processor must not become an answer from which the key can be computed.</summary>
    private protected static ECPoint Checked(BigInteger x, BigInteger y)
    {
        var (fieldX, fieldY) = (P256.Curve.FromBigInteger(x), P256.Curve.FromBigInteger(y));
        return fieldY.Square().Equals(P256.RightSide(fieldX)) ? P256.Curve.CreatePoint(x, y) : throw new CryptographicException("The product is not on the curve.");
    }
}
