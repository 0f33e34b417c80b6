using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Pipeline;
using Keten.Identity;
using Keten.Policy;
using Microsoft.AspNetCore.Http;

namespace Keten.Gateway.Tests.Pipeline;

/// <summary>A call as it stands after purpose binding: the wijkteam reads a name and address at the gemeente.</summary>
internal static class Calls
{
    public const string Operation = "/keten.person.v1.PersonService/GetPerson";

    public static readonly DateTimeOffset Moment = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public static readonly Participant Wijkteam = Participant("00000099000000001004", "wijkteam");

    public static readonly Participant Gemeente = Participant("00000099000000001003", "gemeente", new Uri("https://127.0.0.1:1"));

    public static readonly Pseudonym Child = Pseudonym.Create("k1", new byte[32]);

    public static readonly PolicyDecision Allowed = new()
    {
        Revision = "r1",
        Allow = true, ReasonCode = "ALLOWED", CallerCode = "ALLOWED", Rule = "R21", Fields = ["given_names", "city"], Obligations = ["log-disclosure"],
        LegalBasis = ["Jeugdwet 7.1.4.1"], RetentionDays = 90,
    };

    public static readonly PolicyDecision Denied = new()
    {
        Allow = false, ReasonCode = "TARGET_NOT_INVOLVED", CallerCode = "ACCESS_NOT_PERMITTED", Rule = "R18d", CallerTextEn = "Access is not permitted.",
        CallerTextNl = "Toegang is niet toegestaan.",
    };

    public static Call Of(HttpContext? http = null, string path = Operation)
    {
        Assert.True(OperationCatalogue.Current.TryGet(path, out var operation));
        return new Call(http ?? Grpc(), UuidV7.Create(Moment), Moment)
        {
            Caller = Wijkteam, Target = Gemeente, Operation = operation, TransactionId = UuidV7.Create(Moment), Purpose = "naw-hergebruik", Actor = "med-4711",
            ActorRole = "wijkcoach", CaseReference = "zaak-1", Subject = Child,
        };
    }

    public static DefaultHttpContext Grpc()
    {
        var http = new DefaultHttpContext();
        http.Request.ContentType = "application/grpc";
        http.Response.Body = new MemoryStream();
        return http;
    }

    private static Participant Participant(string oin, string type, Uri? adapter = null) =>
        new() { Oin = Oin.Parse(oin), Name = type, OrganisationType = type, Status = ParticipantStatus.Active, Adapter = adapter };
}
