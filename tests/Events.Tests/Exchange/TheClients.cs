using System.Runtime.CompilerServices;
using Keten.Adapters.Sdk.Ports;

namespace Keten.Events.Tests.Exchange;

/// <summary>An organisation's own clients.</summary>
public sealed class TheClients(params IEnumerable<OwnClient> clients) : IClientDirectory
{
    private readonly Dictionary<string, OwnClient> _clients = clients.ToDictionary(c => c.ClientId);

    /// <summary>How often everything was read.</summary>
    public int Reads { get; private set; }

    public void Set(OwnClient client) => _clients[client.ClientId] = client;

    public void Remove(string clientId) => _clients.Remove(clientId);

    public async IAsyncEnumerable<OwnClient> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Reads++;
        foreach (var client in _clients.Values.ToList())
        {
            await Task.Yield();
            yield return client;
        }
    }

    public Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken) => Task.FromResult(_clients.GetValueOrDefault(clientId));
}
