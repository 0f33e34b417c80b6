namespace Keten.Adapters.Sdk.Ports;

/// <summary>The organisation's clients: its own ids and the BSN it holds of them. The BSN never leaves the adapter's process but as a blinded pseudonym request.</summary>
public interface IClientDirectory
{
    /// <summary>All clients that have a BSN, in any order. May be long: read it as a stream.</summary>
    IAsyncEnumerable<OwnClient> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>One client by the organisation's own id; null when there is none.</summary>
    Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken);
}

/// <summary>One client.</summary>
/// <param name="ClientId">The organisation's own id; opaque to everybody else.</param>
/// <param name="Bsn">Nine digits.</param>
public sealed record OwnClient(string ClientId, string Bsn)
{
    /// <summary>Names nobody: records are printed by accident.</summary>
    public override string ToString() => nameof(OwnClient);
}
