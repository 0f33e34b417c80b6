using System.Formats.Tar;
using System.IO.Compression;

namespace Keten.Policy;

/// <summary>The files of a bundle: a gzipped tar, taken apart under a limit. Nothing in it is trusted yet.</summary>
internal static class BundleArchive
{
    // Tar's own blocks and padding come on top of what the files hold.
    private const int TarOverhead = 1024 * 1024;

    /// <summary>File name without leading slash, to content.</summary>
    /// <exception cref="PolicyBundleException">No gzipped tar, too large, a file twice, or an entry that is no plain file.</exception>
    public static IReadOnlyDictionary<string, byte[]> Unpack(Stream packed, string name, long maxBytes)
    {
        try
        {
            return Files(Unzip(packed, name, maxBytes), name, maxBytes);
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new PolicyBundleException($"{name}: not a gzipped tar; expected a bundle built by eng/build-bundle.sh", problem);
        }
    }

    /// <summary>Packs files the way OPA does: names begin with a slash, no directories, no times.</summary>
    public static byte[] Pack(IReadOnlyDictionary<string, byte[]> files)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var (name, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "/" + name)
                {
                    DataStream = new MemoryStream(content),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                });
            }
        }

        return packed.ToArray();
    }

    private static MemoryStream Unzip(Stream packed, string name, long maxBytes)
    {
        using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        var chunk = new byte[81920];
        for (int read; (read = gzip.Read(chunk)) > 0;)
        {
            unpacked.Write(chunk, 0, read);
            if (unpacked.Length > maxBytes + TarOverhead)
            {
                throw TooLarge(name, maxBytes);
            }
        }

        unpacked.Position = 0;
        return unpacked;
    }

    private static Dictionary<string, byte[]> Files(MemoryStream unpacked, string name, long maxBytes)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var total = 0L;
        using var tar = new TarReader(unpacked);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
            {
                continue;
            }

            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            {
                throw new PolicyBundleException($"{name}: holds a {entry.EntryType}; expected plain files only");
            }

            total += entry.Length;
            if (total > maxBytes)
            {
                throw TooLarge(name, maxBytes);
            }

            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            if (!files.TryAdd(Plain(entry.Name), content.ToArray()))
            {
                throw new PolicyBundleException($"{name}: holds {Plain(entry.Name)} twice");
            }
        }

        return files;
    }

    private static string Plain(string entry) => entry.StartsWith("./", StringComparison.Ordinal) ? entry[2..] : entry.TrimStart('/');

    private static PolicyBundleException TooLarge(string name, long maxBytes) =>
        new($"{name}: larger than {maxBytes} bytes unpacked; raise Policy:MaxBundleBytes if that is meant");
}
