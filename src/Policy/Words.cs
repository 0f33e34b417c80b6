using System.Text;
using System.Text.Json;

namespace Keten.Policy;

/// <summary>
/// One string per word of the register (codes, fields, articles of law) instead of one per answer: an answer names thirty of them, and they are
/// always the same. Bounded, so that no policy can make it grow.
/// </summary>
internal static class Words
{
    private const int Slots = 4096;
    private const int LongestWord = 200;

    private static readonly Entry?[] Table = new Entry?[Slots];

    /// <summary>The reader's string value.</summary>
    public static string Of(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > LongestWord)
        {
            return reader.GetString()!;
        }

        var utf8 = reader.ValueSpan;
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var slot = ref Table[hash.ToHashCode() & (Slots - 1)];
        if (slot is { } known && utf8.SequenceEqual(known.Utf8))
        {
            return known.Text;
        }

        // Lost races and collisions only cost a string: an entry is written whole and never changed.
        var text = Encoding.UTF8.GetString(utf8);
        slot = new Entry(utf8.ToArray(), text);
        return text;
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
