using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Bench.Log;

/// <summary>Records as real calls make them: a decision of full size and its outcome in turn, about ten thousand persons.</summary>
internal static class GeneratedRecords
{
    private const int Persons = 10_000;
    private static readonly Pseudonym[] Subjects = [.. Enumerable.Range(0, Persons).Select(person => Pseudonym.Create("k1", [.. new byte[28], .. BitConverter.GetBytes(person)]))];
    private static readonly ByteString Facts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true}""");
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public static LogRecord Make(long number)
    {
        var call = number / 2;
        var at = Timestamp.FromDateTimeOffset(Start + TimeSpan.FromMilliseconds(call));
        var id = string.Create(CultureInfo.InvariantCulture, $"019cade2-{call >> 32 & 0xffff:x4}-7183-96f0-{call & 0xffffffff:x12}");
        return number % 2 == 1 ? Outcome(id, at) : new LogRecord { RecordedAt = at, Decision = Decision(id, call, at) };
    }

    private static LogRecord Outcome(string id, Timestamp at) => new()
    {
        RecordedAt = at,
        Outcome = new OutcomeRecord
        {
            DecisionId = id, HttpStatus = 200, DurationMicroseconds = 4_200, RequestBytes = 5, ResponseBytes = 190,
            Fields = { "family_name", "given_names", "street", "house_number", "postal_code", "city", "birth_date" }, Obligations = { "delete-after:365" },
        },
    };

    private static DecisionRecord Decision(string id, long call, Timestamp at) => new()
    {
        DecisionId = id,
        TransactionId = id,
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        SpanId = "00f067aa0ba902b7",
        EnforcementPoint = "gateway",
        Caller = new Party { Oin = "00000001003214345000", OrganisationType = "wijkteam", Status = "active" },
        Target = new Party { Oin = "00000001823288444000", OrganisationType = "gemeente", Status = "active" },
        Operation = "/keten.person.v1.PersonService/GetPerson",
        Category = "naw",
        Action = "read",
        Purpose = "naw-hergebruik",
        Subject = Subjects[call % Persons].Value,
        Actor = "med-4711",
        ActorRole = "wijkcoach",
        CaseReference = "zaak-2026-0042",
        AssertedFacts = Facts,
        CallerInvolved = true,
        TargetInvolved = true,
        Allowed = true,
        ReasonCode = "ALLOWED",
        CallerCode = "ALLOWED",
        Rule = "R01",
        Fields = { "family_name", "given_names", "street", "house_number", "postal_code", "city", "birth_date" },
        Obligations = { "delete-after:365" },
        LegalBasis = { "Jeugdwet 7.4.0", "AVG 6.1.e" },
        RetentionDays = 365,
        PolicyRevision = "2026-03-01.1",
        Status = EvaluationStatus.Ok,
        DecidedAt = at,
        PolicyTime = "2026-03-02T10:30:00.123456782+01:00",
    };
}
