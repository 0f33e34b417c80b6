namespace Keten.Policy;

/// <summary>The bundle this version was released with: part of the program, as trusted as it and as unchanging.</summary>
internal sealed class EmbeddedBundleSource : IBundleSource
{
    public string Name => "the bundle of this version";

    public bool MayBeAway => false;

    public Task<FetchedBundle?> FetchAsync(bool afresh, CancellationToken cancellationToken) =>
        Task.FromResult<FetchedBundle?>(new FetchedBundle(PolicyBundle.EmbeddedArchive(), Name));

    public void Dispose()
    {
        // Nothing is held open.
    }
}
