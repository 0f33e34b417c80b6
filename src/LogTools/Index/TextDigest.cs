namespace Keten.LogTools.Index;

/// <summary>
/// 64 bits of a text (FNV-1a): what the index finds by. Two texts may share them: whoever is found is read from the log and judged there.
/// </summary>
internal static class TextDigest
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static long Of(string? text)
    {
        var digest = Offset;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                digest = unchecked((digest ^ value) * Prime);
            }
        }

        return unchecked((long)digest);
    }
}
