using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Keten.Oprf;

/// <summary>
/// A point of P-256 that is not the identity. Nothing else can be made: what is off the curve, the identity, of another length or not in its canonical
/// form is refused when read. The group has prime order, so there is no subgroup to check for.
/// </summary>
public sealed class GroupElement : IEquatable<GroupElement>
{
    /// <summary>Length of the encoding: SEC 1, compressed.</summary>
    public const int Length = P256.ElementBytes;

    private const byte Even = 2;
    private const byte Odd = 3;

    internal GroupElement(ECPoint point)
    {
        Point = point.Normalize();
        if (Point.IsInfinity)
        {
            throw new ArgumentException("The identity is no element here.", nameof(point));
        }
    }

    internal ECPoint Point { get; }

    /// <summary>Accepts exactly the 33 bytes of a compressed point. Never throws on its content.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out GroupElement? element)
    {
        element = null;
        if (bytes.Length != Length || bytes[0] is not (Even or Odd))
        {
            return false;
        }

        var x = new BigInteger(1, bytes[1..].ToArray());
        if (x.CompareTo(P256.FieldOrder) >= 0)
        {
            return false;
        }

        var field = P256.Curve.FromBigInteger(x);
        if (P256.SolveY(field, odd: bytes[0] == Odd) is not { } y)
        {
            return false;
        }

        element = new GroupElement(P256.Curve.CreatePoint(x, y.ToBigInteger()));
        return true;
    }

    /// <summary>The sum; null when it is the identity, which only two opposite points give.</summary>
    public GroupElement? Add(GroupElement other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var sum = Point.Add(other.Point);
        return sum.IsInfinity ? null : new GroupElement(sum);
    }

    /// <summary>The same x with the other y.</summary>
    internal GroupElement Negate() => new(Point.Negate());

    /// <summary>The 33 bytes.</summary>
    public byte[] ToArray() => Point.GetEncoded(compressed: true);

    /// <inheritdoc/>
    public bool Equals(GroupElement? other) => other is not null && Point.Equals(other.Point);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GroupElement);

    /// <inheritdoc/>
    public override int GetHashCode() => Point.GetHashCode();
}
