using System.Globalization;
using Keten.Adapters.Sdk.Ports;
using Keten.Protocol.V1;

namespace Keten.Adapters.Template;

/// <summary>
/// Name and address. Give everything that is known: what the decision does not cover, the SDK takes off. A field that is unknown is not set.
/// </summary>
internal sealed class ListedPersons(ClientList clients) : IPersonSource
{
    public Task<Person?> GetAsync(string clientId, CancellationToken cancellationToken) =>
        Task.FromResult(clients.Find(clientId) is { } client ? Describe(client) : null);

    private static Person Describe(ListedClient client)
    {
        var person = new Person
        {
            GivenNames = client.GivenNames,
            FamilyName = client.FamilyName,
            BirthDate = client.BirthDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Street = client.Street,
            HouseNumber = client.HouseNumber,
            PostalCode = client.PostalCode,
            City = client.City,
            SecretAddress = client.SecretAddress,
        };
        if (client.Prefix is { } prefix)
        {
            person.FamilyNamePrefix = prefix;
        }

        return person;
    }
}
