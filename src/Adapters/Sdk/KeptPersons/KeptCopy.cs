using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.KeptPersons;

/// <summary>Which copy: of whom, from whom, for what.</summary>
internal sealed record KeptKey(string ClientId, string SourceOin, string Purpose);

/// <summary>A copy of a person as another organisation has them. Replaced, never changed.</summary>
/// <param name="Key">Which copy.</param>
/// <param name="Subject">Pseudonym.</param>
/// <param name="Request">The question it is read with.</param>
/// <param name="Person">The copy.</param>
/// <param name="Terms">What it was disclosed under.</param>
/// <param name="ReadAt">When it was read last.</param>
/// <param name="DeleteAt">End of its term; null: none.</param>
internal sealed record KeptCopy(
    KeptKey Key, string Subject, KeepPersonRequest Request, Person Person, Protocol.V1.Disclosure Terms, DateTimeOffset ReadAt, DateTimeOffset? DeleteAt)
{
    /// <summary>The same for the same data, whenever it was read.</summary>
    public string Etag => Convert.ToHexStringLower(SHA256.HashData(Person.ToByteArray()).AsSpan(0, 16));

    /// <summary>Names of the fields that differ; their values are nobody's who only hears of the change.</summary>
    public IEnumerable<string> DifferencesFrom(Person other) => Protocol.V1.Person.Descriptor.Fields.InDeclarationOrder()
        .Where(f => !Equals(f.Accessor.HasValue(Person) ? f.Accessor.GetValue(Person) : null, f.Accessor.HasValue(other) ? f.Accessor.GetValue(other) : null))
        .Select(f => f.Name);

    /// <summary>As the case system gets it; without the person when it has that one.</summary>
    public KeptPerson ToMessage(string knownEtag = "") => new()
    {
        Person = knownEtag == Etag ? null : Person,
        Etag = Etag,
        ReadAt = ReadAt.ToTimestamp(),
        DeleteAt = DeleteAt?.ToTimestamp(),
        Terms = Terms,
    };

    /// <summary>Names nobody: records are printed by accident.</summary>
    public override string ToString() => nameof(KeptCopy);
}
