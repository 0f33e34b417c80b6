namespace Keten.Policy;

/// <summary>
/// A bundle file, or the newest <c>*.tar.gz</c> of a folder. Followed by time and length, not by file events: those are lost on network file
/// systems and on volumes of Kubernetes.
/// </summary>
internal sealed class FileBundleSource(string path, long maxBytes) : IBundleSource
{
    private Stamp? _given;

    public string Name => path;

    public bool MayBeAway => false;

    public async Task<FetchedBundle?> FetchAsync(bool afresh, CancellationToken cancellationToken)
    {
        try
        {
            var file = Newest();
            var stamp = Stamp.Of(file);
            if (!afresh && stamp == _given)
            {
                return null;
            }

            if (file.Length > maxBytes)
            {
                throw new PolicyBundleException($"{file.FullName}: larger than {maxBytes} bytes; raise Policy:MaxBundleBytes if that is meant");
            }

            var archive = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
            file.Refresh();
            if (Stamp.Of(file) != stamp)
            {
                throw new PolicyBundleException($"{file.FullName}: is being written; put it beside and rename it into place");
            }

            _given = stamp;
            return new FetchedBundle(archive, file.FullName);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new PolicyBundleException($"{path}: cannot be read ({problem.Message}); expected a bundle built by eng/build-bundle.sh", problem);
        }
    }

    public void Dispose()
    {
        // Nothing is held open.
    }

    private FileInfo Newest() => !Directory.Exists(path) ? new FileInfo(path)
        : new DirectoryInfo(path).EnumerateFiles("*.tar.gz").OrderByDescending(f => f.LastWriteTimeUtc).ThenByDescending(f => f.Name, StringComparer.Ordinal).FirstOrDefault()
            ?? throw new PolicyBundleException($"{path}: holds no *.tar.gz; put a bundle built by eng/build-bundle.sh there");

    private sealed record Stamp(string Path, DateTime Written, long Length)
    {
        public static Stamp Of(FileInfo file) => new(file.FullName, file.LastWriteTimeUtc, file.Length);
    }
}
