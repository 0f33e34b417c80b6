using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Events;
using Keten.Protocol.V1;

namespace Keten.Bench.Events;

/// <summary>Authorised involvements as a region has them: many persons, fewer professionals, fewer organisations. As Kafka hands them over: bytes.</summary>
internal static class GeneratedInvolvements
{
    private const int Organisations = 2_000;
    private const int Professionals = 40_000;
    private const string Purpose = "betrokkenheid-jeugd";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ByteString Facts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true,"risk_assessed":true}""");

    public static Oin OrganisationOf(int number) => Oin.Parse($"{number % Organisations:D20}");

    /// <summary>A record of the topic of authorised involvements.</summary>
    /// <param name="number">Which involvement.</param>
    /// <param name="person">Which person.</param>
    /// <param name="organisation">Which organisation.</param>
    public static ConsumeResult<byte[], byte[]> Record(int number, int person, int organisation)
    {
        var oin = OrganisationOf(organisation);
        var id = Guid.CreateVersion7(Now.AddMilliseconds(number)).ToString("D");
        var professional = string.Create(CultureInfo.InvariantCulture, $"{number % Professionals}");
        var authorised = new AuthorisedInvolvement
        {
            Oin = oin.Value,
            OrganisationType = "wijkteam",
            DecisionId = UuidV7.Create(Now.AddMilliseconds(number)),
            Obligations = { "confirm-involvement-180d", "log-disclosure", "no-onward-sharing-outside-case" },
            AuthorisedAt = Now.AddDays(-number % 150).ToTimestamp(),
            ActiveSince = Now.ToTimestamp(),
            AgeLimitOn = "2035-04-01",
            Event = new InvolvementChanged
            {
                Change = Change.Started,
                InvolvementId = id,
                Version = 1 + (number % 7),
                Subject = PersonOf(person).Value,
                Purpose = Purpose,
                Actor = professional,
                ActorRole = "onderzoeker",
                AssertedFacts = Facts,
                OccurredAt = Now.ToTimestamp(),
                Involvement = new()
                {
                    InvolvementId = id,
                    Organisation = $"Organisatie {oin.Value}",
                    OrganisationType = "wijkteam",
                    ContactProfessional = $"Medewerker {professional}",
                    ContactDesk = $"Meldpunt {oin.Value}",
                    ContactPhone = "010-1234567",
                    ContactEmail = $"meldpunt@{oin.Value}.example",
                    StartedOn = "2025-11-23",
                    Status = "active",
                    CaseLead = number % 5 == 0,
                },
            },
        };
        return new()
        {
            Topic = Topics.InvolvementByPerson, Partition = 0, Offset = number,
            Message = new Message<byte[], byte[]>
            {
                Value = authorised.ToByteArray(), Timestamp = new Confluent.Kafka.Timestamp(Now),
                Headers = new CloudEvent(authorised.DecisionId, CloudEvent.GatewaySource, EventTypes.InvolvementAuthorised, Now).ToHeaders(),
            },
        };
    }

    private static Pseudonym PersonOf(int number) =>
        Pseudonym.Create("k1", System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))));
}
