using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Involvement.View;
using Keten.Protocol.V1;

namespace Keten.Gateway.Tests.Involvement;

/// <summary>The known ones, and variations.</summary>
internal static class The
{
    public static readonly Oin Wijkteam = Oin.Parse("00000001000000000001");
    public static readonly Oin VeiligThuis = Oin.Parse("00000001000000000002");
    public static readonly Pseudonym Person = SomePerson(1);
    public static readonly Pseudonym AnotherPerson = SomePerson(2);

    public static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    public const string Purpose = "betrokkenheid-jeugd";

    public static Pseudonym SomePerson(int number)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number);
        return Pseudonym.Create("dev", bytes);
    }

    public static HeldInvolvement Involvement(
        Oin organisation, string id = "i1", long version = 1, Change change = Change.Started, string purpose = Purpose,
        bool shielded = false) =>
        new InvolvementTable(new Vocabulary()).Apply(Person, Record(organisation, id, version, change, purpose, shielded), Now).After!;

    public static AuthorisedInvolvement Record(
        Oin organisation, string id = "i1", long version = 1, Change change = Change.Started, string purpose = Purpose,
        bool shielded = false) => new()
        {
            Oin = organisation.Value,
            OrganisationType = "wijkteam",
            AuthorisedAt = Timestamp.FromDateTimeOffset(Now),
            Event = new InvolvementChanged
            {
                Change = change,
                InvolvementId = id,
                Version = version,
                Subject = Person.Value,
                Purpose = purpose,
                Shielded = shielded,
                Involvement = new() { ContactPhone = $"{version}" },
            },
        };
}
