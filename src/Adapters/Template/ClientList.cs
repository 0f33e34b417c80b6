namespace Keten.Adapters.Template;

/// <summary>Stands for your own system: two invented people. The BSNs are test numbers that are never issued.</summary>
internal sealed class ClientList
{
    private readonly Dictionary<string, ListedClient> _clients = new ListedClient[]
    {
        new("1001", "999912008", "Marloes", "van der", "Linde", new DateOnly(1989, 3, 12), "Kastanjelaan", "14", "2791 KT", "Waterveld"),
        new("1002", "999912021", "Fenna", null, "Haverkamp", new DateOnly(2017, 6, 20), "Kastanjelaan", "14", "2791 KT", "Waterveld"),
    }.ToDictionary(client => client.Id, StringComparer.Ordinal);

    public IEnumerable<ListedClient> All => _clients.Values;

    public ListedClient? Find(string id) => _clients.GetValueOrDefault(id);
}

/// <summary>One client as this system keeps it.</summary>
internal sealed record ListedClient(
    string Id, string Bsn, string GivenNames, string? Prefix, string FamilyName, DateOnly BirthDate, string Street, string HouseNumber, string PostalCode,
    string City, bool SecretAddress = false)
{
    /// <summary>Names nobody: records are printed by accident.</summary>
    public override string ToString() => nameof(ListedClient);
}
