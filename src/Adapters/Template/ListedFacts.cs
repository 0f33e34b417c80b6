using Keten.Adapters.Sdk.Ports;

namespace Keten.Adapters.Template;

/// <summary>
/// What only we know and the policy must weigh; null is "we do not know". Offer this port when your system knows of secret addresses, restrictions or
/// consent: without it the second decision cannot take them into account.
/// </summary>
internal sealed class ListedFacts(ClientList clients) : IPersonFactsSource
{
    public Task<PersonFacts> GetAsync(string clientId, CancellationToken cancellationToken) =>
        Task.FromResult(clients.Find(clientId) is { } client
            ? new PersonFacts { SecretAddress = client.SecretAddress, BirthDate = client.BirthDate }
            : PersonFacts.Unknown);
}
