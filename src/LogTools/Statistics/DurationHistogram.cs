using System.Numerics;

namespace Keten.LogTools.Statistics;

/// <summary>Durations counted in buckets of about 3 % wide: percentiles of any number of them in a few kilobytes.</summary>
internal sealed class DurationHistogram
{
    private const int Bits = 5;
    private const int Steps = 1 << Bits;

    private readonly long[] _counts = new long[Steps * (64 - Bits)];

    public long Count { get; private set; }

    public void Add(long microseconds)
    {
        _counts[BucketOf(Math.Max(0, microseconds))]++;
        Count++;
    }

    /// <summary>The upper end of the bucket that holds the percentile, in microseconds; 0 when there is nothing.</summary>
    public long Percentile(double percent)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return UpperEnd(i);
            }
        }

        return 0;
    }

    private static int BucketOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - Bits);
        return (shift << Bits) + (int)(value >> shift);
    }

    private static long UpperEnd(int bucket)
    {
        var shift = Math.Max(0, (bucket >> Bits) - 1);
        return ((long)(bucket - (shift << Bits)) << shift) + (1L << shift) - 1;
    }
}
