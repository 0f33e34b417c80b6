using System.Security.Cryptography;

namespace Keten.Identity;

/// <summary>
/// Files that are read together. Compared by content: time stamps lie on container mounts, and these files are small. A file that fails is
/// tried again at every look, because what it lacks may be in another file that arrives later; the fault is reported once.
/// </summary>
internal sealed class WatchedFiles(IReadOnlyList<string> paths, Action<IReadOnlyList<byte[]>> load)
{
    private const long MostBytes = 64 * 1024 * 1024;

    private byte[] _loaded = [];
    private string? _lastFault;
    private bool _reported;

    public string Name => string.Join(", ", paths.Distinct());

    /// <exception cref="FederationFileException">Missing or broken.</exception>
    public void Load()
    {
        var contents = paths.Select(Read).ToList();
        load(contents);
        _loaded = Hash(contents);
    }

    /// <summary>True when something new was loaded; a fault when it is to be reported.</summary>
    public bool Poll(out FederationFileException? report)
    {
        report = null;
        try
        {
            var now = CurrentHash();
            if (now.AsSpan().SequenceEqual(_loaded))
            {
                // What was good is back.
                _lastFault = null;
                return false;
            }

            Load();
            _lastFault = null;
            return true;
        }
        catch (FederationFileException fault)
        {
            // Certificate and key, or roots and lists, cannot be replaced in one step: only a fault that is still there at the second look is one.
            var seenBefore = fault.Message == _lastFault;
            report = seenBefore && !_reported ? fault : null;
            _reported = seenBefore;
            _lastFault = fault.Message;
            return false;
        }
    }

    private byte[] CurrentHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
        {
            hash.AppendData(Guarded(path, () =>
            {
                using var file = Open(path);
                return SHA256.HashData(file);
            }));
        }

        return hash.GetHashAndReset();
    }

    private static byte[] Hash(IEnumerable<byte[]> contents) => SHA256.HashData(contents.SelectMany(content => SHA256.HashData(content)).ToArray());

    private static byte[] Read(string path) => Guarded(path, () =>
    {
        using var file = Open(path);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    });

    private static FileStream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length <= MostBytes)
        {
            return file;
        }

        file.Dispose();
        throw new FederationFileException(new FileFault(path, null, "the file is too large", "at most 64 MB"));
    }

    private static byte[] Guarded(string path, Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FederationFileException(new FileFault(path, null, "the file does not exist", "a readable file at this path"), fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new FederationFileException(new FileFault(path, null, "the file cannot be read", "a readable file at this path"), fault);
        }
    }
}
