namespace Keten.Policy;

/// <summary>Where bundles come from. Knows what it gave last, so that only something new is read.</summary>
internal interface IBundleSource : IDisposable
{
    /// <summary>For messages: a path, or an address without what may be secret in it.</summary>
    string Name { get; }

    /// <summary>A source that may be away for a while: the gateway starts without it and refuses until it answers.</summary>
    bool MayBeAway { get; }

    /// <summary>The bundle as it is now, or null when it is what was given last.</summary>
    /// <param name="afresh">Read it whatever was given last.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <exception cref="PolicyBundleException">There is none, it is too large, or the source does not answer.</exception>
    Task<FetchedBundle?> FetchAsync(bool afresh, CancellationToken cancellationToken);
}

/// <summary>The bytes of a bundle, not yet looked at.</summary>
/// <param name="Archive">Gzipped tar.</param>
/// <param name="Name">File or address, for messages.</param>
internal sealed record FetchedBundle(ReadOnlyMemory<byte> Archive, string Name);
