using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.LogTools.Tests;

/// <summary>Records as a gateway makes them.</summary>
internal static class Some
{
    public const string Wijkteam = "00000001003214345000";
    public const string Gemeente = "00000001823288444000";
    public const string Politie = "00000001500000001000";

    public static DateTimeOffset Moment { get; } = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public static string Subject(int number) => Pseudonym.Create("k1", [.. new byte[28], .. BitConverter.GetBytes(number)]).Value;

    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"019cade2-11c0-7183-96f0-{number:x12}");

    public static LogRecord Decision(int number, Action<DecisionRecord>? change = null)
    {
        var at = Moment + TimeSpan.FromSeconds(number);
        var decision = new DecisionRecord
        {
            DecisionId = Id(number),
            TransactionId = "019cade2-11c0-7183-96f0-73ae0acec4b2",
            TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
            SpanId = "00f067aa0ba902b7",
            EnforcementPoint = "gateway",
            Caller = new Party { Oin = Wijkteam, OrganisationType = "wijkteam", Status = "active" },
            Target = new Party { Oin = Gemeente, OrganisationType = "gemeente", Status = "active" },
            Operation = "/keten.person.v1.PersonService/GetPerson",
            Category = "naw",
            Action = "read",
            Purpose = "naw-hergebruik",
            Subject = Subject(number % 7),
            Actor = "med-4711",
            ActorRole = "wijkcoach",
            CaseReference = "zaak-2026-0042",
            AssertedFacts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true}"""),
            CallerInvolved = true,
            Allowed = true,
            ReasonCode = "ALLOWED",
            CallerCode = "ALLOWED",
            Rule = "R01",
            Fields = { "family_name", "street" },
            Obligations = { "delete-after" },
            LegalBasis = { "Jeugdwet 7.4.0" },
            PolicyRevision = "2026-03-01.1",
            DecidedAt = Timestamp.FromDateTimeOffset(at),
        };
        change?.Invoke(decision);
        return new LogRecord { RecordedAt = Timestamp.FromDateTimeOffset(at + TimeSpan.FromMilliseconds(1)), Decision = decision };
    }

    public static LogRecord Refused(int number, string code = "NOT_INVOLVED") => Decision(number, decision =>
    {
        decision.Allowed = false;
        decision.ReasonCode = code;
        decision.CallerCode = "ACCESS_NOT_PERMITTED";
        decision.Fields.Clear();
        decision.Obligations.Clear();
    });

    public static LogRecord Outcome(int number, string reason = "", long microseconds = 12_300, int grpc = 0) => new()
    {
        RecordedAt = Timestamp.FromDateTimeOffset(Moment + TimeSpan.FromSeconds(number) + TimeSpan.FromMilliseconds(20)),
        Outcome = new OutcomeRecord
        {
            DecisionId = Id(number), ReasonCode = reason, GrpcStatus = grpc, HttpStatus = 200, DurationMicroseconds = microseconds, Fields = { "family_name" },
        },
    };
}
