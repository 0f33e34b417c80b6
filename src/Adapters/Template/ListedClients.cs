using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Template;

/// <summary>Who our clients are. From this the SDK finds the client a pseudonym means; the BSN goes no further than this process.</summary>
internal sealed class ListedClients(ClientList clients) : IClientDirectory
{
    public IAsyncEnumerable<OwnClient> ReadAllAsync(CancellationToken cancellationToken) => clients.All.Select(Own).ToAsyncEnumerable();

    public Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken) =>
        Task.FromResult(clients.Find(clientId) is { } client ? Own(client) : null);

    private static OwnClient Own(ListedClient client) => new(client.Id, client.Bsn);
}
