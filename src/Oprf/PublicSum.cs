using System.Buffers.Binary;
using System.Numerics;
using Org.BouncyCastle.Math.EC;

namespace Keten.Oprf;

/// <summary>
/// n₁·P₁ + n₂·P₂ + … by Pippenger's buckets, half the work of one by one for a thousand (<c>keten bench pseudonyms</c>). Numbers and points are
/// public: its time depends on them.
/// </summary>
internal static class PublicSum
{
    private const int Bits = 8 * Scalar.Bytes;

    /// <summary>The sum, normalised; it may be the identity.</summary>
    public static ECPoint Of(IReadOnlyList<GroupElement> elements, IReadOnlyList<Scalar> numbers)
    {
        // Wide enough that the buckets are worth their adding up, which costs two additions each.
        var width = Math.Max(2, BitOperations.Log2((uint)elements.Count) - 2);
        var digits = new short[numbers.Count][];
        for (var i = 0; i < digits.Length; i++)
        {
            digits[i] = Digits(numbers[i], width);
        }

        var sum = P256.Curve.Infinity;
        var buckets = new ECPoint[1 << (width - 1)];
        for (var position = Bits / width; position >= 0; position--)
        {
            sum = sum.TimesPow2(width).Add(AtPosition(elements, digits, position, buckets));
        }

        return sum.Normalize();
    }

    // Points with the same digit go into one bucket; bucket d counts d times, for it is in the running sum that often.
    private static ECPoint AtPosition(IReadOnlyList<GroupElement> elements, short[][] digits, int position, ECPoint[] buckets)
    {
        Array.Fill(buckets, P256.Curve.Infinity);
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[i][position];
            if (digit > 0)
            {
                buckets[digit - 1] = buckets[digit - 1].Add(elements[i].Point);
            }
            else if (digit < 0)
            {
                buckets[-digit - 1] = buckets[-digit - 1].Add(elements[i].Point.Negate());
            }
        }

        ECPoint running = P256.Curve.Infinity, total = P256.Curve.Infinity;
        for (var i = buckets.Length - 1; i >= 0; i--)
        {
            running = running.Add(buckets[i]);
            total = total.Add(running);
        }

        return total;
    }

    /// <summary>The number with digits from -2^(width-1) to 2^(width-1) - 1, lowest first: to subtract a point costs what adding it costs, and halves the buckets.</summary>
    private static short[] Digits(in Scalar number, int width)
    {
        Span<byte> bytes = stackalloc byte[Scalar.Bytes + sizeof(uint)];
        bytes.Clear();
        number.CopyTo(bytes[sizeof(uint)..]);
        var digits = new short[(Bits / width) + 1];
        var carry = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var bit = i * width;
            // The four bytes with this digit in them; a digit and where it begins in its byte take at most two of them.
            var word = BinaryPrimitives.ReadUInt32BigEndian(bytes[(Scalar.Bytes - (bit / 8))..]);
            var digit = (int)((word >> (bit % 8)) & ((1u << width) - 1)) + carry;
            carry = digit >= 1 << (width - 1) ? 1 : 0;
            digits[i] = (short)(digit - (carry << width));
        }

        return digits;
    }
}
