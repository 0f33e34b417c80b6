using System.Buffers.Binary;
using System.Text;

namespace Keten.Events;

/// <summary>
/// The partition of a person: all events on one person stand in one partition, whatever the record's key. Murmur2 as in Kafka's own default
/// partitioner, so that other tools find the same partition from the pseudonym.
/// </summary>
public static class PersonPartition
{
    /// <summary>A number from 0 up to <paramref name="partitions"/>.</summary>
    public static int Of(string pseudonym, int partitions)
    {
        Span<byte> bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(pseudonym, bytes);
        return (int)((Murmur2(bytes[..length]) & 0x7fffffff) % (uint)partitions);
    }

    private static uint Murmur2(ReadOnlySpan<byte> data)
    {
        const uint Multiplier = 0x5bd1e995;
        const int Shift = 24;
        var hash = 0x9747b28c ^ (uint)data.Length;
        unchecked
        {
            while (data.Length >= 4)
            {
                var block = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
                hash = (hash * Multiplier) ^ ((block ^ (block >> Shift)) * Multiplier);
                data = data[4..];
            }

            for (var i = data.Length - 1; i >= 0; i--)
            {
                hash ^= (uint)data[i] << (8 * i);
            }

            hash = data.Length > 0 ? hash * Multiplier : hash;
            hash = (hash ^ (hash >> 13)) * Multiplier;
            return hash ^ (hash >> 15);
        }
    }
}
