using System.Runtime.CompilerServices;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>The gemeente's own system: one client, and answers as the test says.</summary>
internal sealed class TheSource : IClientDirectory, IPseudonymSource, IPersonSource, IHouseholdSource, IPersonFactsSource
{
    public const string ClientId = "client-1";

    private readonly OwnClient _client = new(ClientId, "999912112");
    private int _reads;

    public Func<Person?> Person { get; set; } = FullPerson;

    public Func<IReadOnlyList<HouseholdRelation>> Relations { get; set; } = () => [];

    public Func<PersonFacts> Facts { get; set; } = () => PersonFacts.Unknown;

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>A person with every field of the category.</summary>
    public static Person FullPerson() => new()
    {
        GivenNames = "Noor", Initials = "N.", FamilyNamePrefix = "van", FamilyName = "Voorbeeld", BirthDate = "2016-10-10", Gender = "female", Street = "Dijk",
        HouseNumber = "1", HouseNumberAddition = "a", PostalCode = "1234 AB", City = "Elders", MunicipalityCode = "0363", Phone = "0600000001",
        Email = "noor@voorbeeld.nl", Language = "nl", InterpreterNeeded = false, SecretAddress = false,
    };

    public async IAsyncEnumerable<OwnClient> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return _client;
    }

    public Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken) => Task.FromResult(clientId == ClientId ? _client : null);

    public Task<IReadOnlyList<Pseudonym>> EvaluateAsync(IReadOnlyList<string> bsns, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Pseudonym>>([.. bsns.Select(_ => ThePermit.Child)]);

    Task<Person?> IPersonSource.GetAsync(string clientId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return Task.FromResult(Person());
    }

    Task<IReadOnlyList<HouseholdRelation>> IHouseholdSource.GetAsync(string clientId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return Task.FromResult(Relations());
    }

    Task<PersonFacts> IPersonFactsSource.GetAsync(string clientId, CancellationToken cancellationToken) => Task.FromResult(Facts());
}
