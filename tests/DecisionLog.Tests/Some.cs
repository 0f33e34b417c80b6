using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.DecisionLog.Tests;

internal static class Some
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    /// <summary>A decision as a real call makes it, of about 700 bytes.</summary>
    public static LogRecord Decision(int number) => Decision(number.ToString(CultureInfo.InvariantCulture));

    public static LogRecord Decision(string id) => new()
    {
        RecordedAt = Timestamp.FromDateTimeOffset(Moment),
        Decision = new DecisionRecord
        {
            DecisionId = id,
            TransactionId = "019cade2-11c0-7183-96f0-73ae0acec4b2",
            TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
            SpanId = "00f067aa0ba902b7",
            EnforcementPoint = "gateway",
            Caller = new Party { Oin = "00000001003214345000", OrganisationType = "wijkteam", Status = "active" },
            Target = new Party { Oin = "00000001823288444000", OrganisationType = "gemeente", Status = "active" },
            Operation = "/keten.person.v1.PersonService/GetPerson",
            Category = "naw",
            Action = "read",
            Purpose = "naw-hergebruik",
            Subject = Pseudonym.Create("k1", new byte[32]).Value,
            Actor = "med-4711",
            ActorRole = "wijkcoach",
            CaseReference = "zaak-2026-0042",
            AssertedFacts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true}"""),
            CallerInvolved = true,
            TargetInvolved = true,
            Allowed = true,
            ReasonCode = "ALLOWED",
            CallerCode = "ALLOWED",
            Rule = "R01",
            Fields = { "family_name", "given_names", "street", "house_number", "postal_code", "city", "date_of_birth" },
            Obligations = { "delete-after", "inform-subject" },
            LegalBasis = { "Jeugdwet 7.4.0", "AVG 6(1)(e)" },
            RetentionDays = 365,
            PolicyRevision = "2026-03-01.1",
            DecidedAt = Timestamp.FromDateTimeOffset(Moment),
            PolicyTime = "2026-03-02T10:30:00.123456782+01:00",
        },
    };

    public static string Id(LogRecord record) => record.Decision.DecisionId;
}
