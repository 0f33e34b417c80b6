using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Keten.Oprf;

/// <summary>
/// A number modulo the order n of P-256. Keys, blinds and proof randomness are such numbers, so every operation takes the same time whatever the value: no
/// branch and no memory address depends on it.
/// </summary>
internal readonly struct Scalar
{
    public const int Bytes = 32;

    /// <summary>Bytes to reduce so that the result is uniform: 128 bits more than the order (RFC 9380, section 5.1).</summary>
    public const int WideBytes = 48;

    private const int Limbs = 4;

    // -1/n modulo 2^64.
    private const ulong Inverse64 = 0xccd1c8aaee00bc4f;

    private static readonly Scalar Order = new(0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000);
    private static readonly Scalar OrderMinusTwo = new(0xf3b9cac2fc63254f, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000);

    // 2^512 modulo n: brings a number into Montgomery's form.
    private static readonly Scalar Square = new(0x83244c95be79eea2, 0x4699799c49bd6fa6, 0x2845b2392b6bec59, 0x66e12d94f3d95620);

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;

    private Scalar(ulong limb0, ulong limb1, ulong limb2, ulong limb3) => (_0, _1, _2, _3) = (limb0, limb1, limb2, limb3);

    public static Scalar Zero => default;

    public static Scalar One { get; } = new(1, 0, 0, 0);

    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    /// <summary>Uniform, and never zero.</summary>
    public static Scalar Random()
    {
        Span<byte> wide = stackalloc byte[WideBytes];
        Scalar value;
        do
        {
            RandomNumberGenerator.Fill(wide);
            value = Reduce(wide);
        }
        while (value.IsZero);

        CryptographicOperations.ZeroMemory(wide);
        return value;
    }

    /// <summary>Accepts exactly 32 bytes, big-endian, below the order.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Scalar scalar)
    {
        scalar = default;
        if (bytes.Length != Bytes)
        {
            return false;
        }

        var value = Read(bytes);
        _ = SubtractOrder(value, 0, out var below);
        if (below == 0)
        {
            return false;
        }

        scalar = value;
        return true;
    }

    /// <summary>48 bytes, big-endian, modulo the order.</summary>
    public static Scalar Reduce(ReadOnlySpan<byte> wide)
    {
        Span<byte> high = stackalloc byte[Bytes];
        high.Clear();
        wide[..(WideBytes - Bytes)].CopyTo(high[^(WideBytes - Bytes)..]);
        // high · 2^256 + low; Montgomery's product of high and 2^512 is high · 2^256.
        var sum = MontgomeryProduct(Read(high), Square) + SubtractOrder(Read(wide[(WideBytes - Bytes)..]), 0, out _);
        CryptographicOperations.ZeroMemory(high);
        return sum;
    }

    public static Scalar operator +(in Scalar a, in Scalar b)
    {
        UInt128 sum = (UInt128)a._0 + b._0;
        var r0 = (ulong)sum;
        sum = (sum >> 64) + a._1 + b._1;
        var r1 = (ulong)sum;
        sum = (sum >> 64) + a._2 + b._2;
        var r2 = (ulong)sum;
        sum = (sum >> 64) + a._3 + b._3;
        return SubtractOrder(new Scalar(r0, r1, r2, (ulong)sum), (ulong)(sum >> 64), out _);
    }

    public static Scalar operator -(in Scalar a, in Scalar b) => a + -b;

    /// <summary>n - a; of zero, zero.</summary>
    public static Scalar operator -(in Scalar a) => SubtractOrder(Subtract(Order, a, out _), 0, out _);

    public static Scalar operator *(in Scalar a, in Scalar b) => MontgomeryProduct(MontgomeryProduct(a, Square), b);

    /// <summary>1/a, by Fermat: a^(n-2); the exponent is public.</summary>
    public Scalar Invert()
    {
        var form = MontgomeryProduct(this, Square);
        var power = MontgomeryProduct(One, Square);
        for (var bit = 255; bit >= 0; bit--)
        {
            power = MontgomeryProduct(power, power);
            if (((OrderMinusTwo[bit / 64] >> (bit % 64)) & 1) == 1)
            {
                power = MontgomeryProduct(power, form);
            }
        }

        return MontgomeryProduct(power, One);
    }

    /// <summary>1/a of each, for the price of one inversion and three products each (Montgomery's trick). None may be zero.</summary>
    public static Scalar[] InvertAll(ReadOnlySpan<Scalar> numbers)
    {
        var inverses = new Scalar[numbers.Length];
        var product = One;
        for (var i = 0; i < numbers.Length; i++)
        {
            inverses[i] = product;
            product *= numbers[i];
        }

        var rest = product.Invert();
        for (var i = numbers.Length - 1; i >= 0; i--)
        {
            inverses[i] *= rest;
            rest *= numbers[i];
        }

        return inverses;
    }

    /// <summary>32 bytes, big-endian.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        for (var i = 0; i < Limbs; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[((Limbs - 1 - i) * 8)..], this[i]);
        }
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    private ulong this[int limb] => limb switch { 0 => _0, 1 => _1, 2 => _2, _ => _3 };

    private static Scalar Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes));

    private static Scalar Subtract(in Scalar a, in Scalar b, out ulong borrow)
    {
        var r0 = Subtract(a._0, b._0, 0, out borrow);
        var r1 = Subtract(a._1, b._1, borrow, out borrow);
        var r2 = Subtract(a._2, b._2, borrow, out borrow);
        return new Scalar(r0, r1, r2, Subtract(a._3, b._3, borrow, out borrow));
    }

    private static ulong Subtract(ulong a, ulong b, ulong borrow, out ulong next)
    {
        var difference = (UInt128)a - b - borrow;
        next = (ulong)(difference >> 64) & 1;
        return (ulong)difference;
    }

    /// <summary>The value, less the order when it is at least that. <paramref name="below"/> is 1 when it was below.</summary>
    private static Scalar SubtractOrder(in Scalar value, ulong carry, out ulong below)
    {
        var less = Subtract(value, Order, out var borrow);
        below = borrow & ~carry & 1;
        var keep = 0 - below;
        return new Scalar(
            (value._0 & keep) | (less._0 & ~keep), (value._1 & keep) | (less._1 & ~keep),
            (value._2 & keep) | (less._2 & ~keep), (value._3 & keep) | (less._3 & ~keep));
    }

    /// <summary>a · b / 2^256 modulo the order.</summary>
    private static Scalar MontgomeryProduct(in Scalar a, in Scalar b)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
        for (var i = 0; i < Limbs; i++)
        {
            var factor = b[i];
            var sum = ((UInt128)a._0 * factor) + t0;
            t0 = (ulong)sum;
            sum = ((UInt128)a._1 * factor) + t1 + (ulong)(sum >> 64);
            t1 = (ulong)sum;
            sum = ((UInt128)a._2 * factor) + t2 + (ulong)(sum >> 64);
            t2 = (ulong)sum;
            sum = ((UInt128)a._3 * factor) + t3 + (ulong)(sum >> 64);
            t3 = (ulong)sum;
            sum = (UInt128)t4 + (ulong)(sum >> 64);
            t4 = (ulong)sum;
            var t5 = (ulong)(sum >> 64);

            var m = unchecked(t0 * Inverse64);
            sum = ((UInt128)Order._0 * m) + t0;
            sum = ((UInt128)Order._1 * m) + t1 + (ulong)(sum >> 64);
            t0 = (ulong)sum;
            sum = ((UInt128)Order._2 * m) + t2 + (ulong)(sum >> 64);
            t1 = (ulong)sum;
            sum = ((UInt128)Order._3 * m) + t3 + (ulong)(sum >> 64);
            t2 = (ulong)sum;
            sum = (UInt128)t4 + (ulong)(sum >> 64);
            t3 = (ulong)sum;
            t4 = t5 + (ulong)(sum >> 64);
        }

        return SubtractOrder(new Scalar(t0, t1, t2, t3), t4, out _);
    }
}
