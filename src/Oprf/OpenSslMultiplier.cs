using System.Security.Cryptography;
using Org.BouncyCastle.Math;

namespace Keten.Oprf;

/// <summary>By OpenSSL directly: a multiplication for each point and nothing else.</summary>
internal sealed class OpenSslMultiplier : SecretMultiplier
{
    private readonly LibCrypto.SecretNumber _number;

    public OpenSslMultiplier(in Scalar scalar)
    {
        Span<byte> bytes = stackalloc byte[Scalar.Bytes];
        scalar.CopyTo(bytes);
        _number = LibCrypto.SecretNumber.Of(bytes);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <inheritdoc/>
    public override GroupElement MultiplyGenerator() => Multiply([]);

    /// <inheritdoc/>
    public override GroupElement Multiply(GroupElement element) => Multiply(element.Point.GetEncoded(compressed: false));

    /// <inheritdoc/>
    public override void Dispose() => _number.Dispose();

    private GroupElement Multiply(ReadOnlySpan<byte> point)
    {
        Span<byte> product = stackalloc byte[LibCrypto.PointBytes];
        return LibCrypto.TryMultiply(_number, point, product)
            ? new GroupElement(Checked(new BigInteger(1, product[1..(1 + Scalar.Bytes)]), new BigInteger(1, product[(1 + Scalar.Bytes)..])))
            : throw new CryptographicException("OpenSSL did not multiply.");
    }
}
