using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Tests.Hosting;

/// <summary>What the gateway of this federation would send: the wijkteam reads a child's name and address at the gemeente.</summary>
internal static class ThePermit
{
    public const string Target = "00000099000000001003";
    public const string Caller = "00000099000000001004";
    public const string GetPerson = "/keten.person.v1.PersonService/GetPerson";
    public const string WatchPerson = "/keten.person.v1.PersonService/WatchPerson";
    public const string CorrectPerson = "/keten.person.v1.PersonService/CorrectPerson";
    public const string GetHousehold = "/keten.person.v1.HouseholdService/GetHousehold";
    public const string Convene = "/keten.consultation.v1.ConsultationService/Convene";

    public static readonly DateTimeOffset Moment = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public static readonly Pseudonym Child = Pseudonym.Create("k1", new byte[32]);

    public static Operation Operation(string path) => OperationCatalogue.Current.TryGet(path, out var operation) ? operation : throw new ArgumentException(path);

    public static Decision For(string path = GetPerson, Action<Decision>? change = null)
    {
        var operation = Operation(path);
        var permit = new Decision
        {
            DecisionId = UuidV7.Create(Moment), TransactionId = UuidV7.Create(Moment), Operation = path, Category = operation.Category,
            Caller = new Party { Oin = Caller, OrganisationType = "wijkteam", Status = "active" },
            Target = new Party { Oin = Target, OrganisationType = "gemeente", Status = "active" },
            Subject = Child.Value, Purpose = "naw-hergebruik", Actor = "med-1", ActorRole = "jeugdprofessional", Fields = { operation.Fields },
            Obligations = { "log-disclosure" }, AssertedFacts = Facts("""{"subject_informed": true, "subject_age": 9}"""), CallerInvolved = true, TargetInvolved = true,
            DecidedAt = Timestamp.FromDateTimeOffset(Moment), ExpiresAt = Timestamp.FromDateTimeOffset(Moment + TimeSpan.FromSeconds(30)),
        };
        change?.Invoke(permit);
        return permit;
    }

    public static ByteString Facts(string json) => ByteString.CopyFromUtf8(json);

    public static Metadata Headers(Decision permit) => new()
    {
        { KetenHeaders.Decision, permit.ToByteArray() }, { KetenHeaders.Subject, permit.Subject }, { KetenHeaders.Purpose, permit.Purpose },
    };

    /// <summary>The code a refusal carries.</summary>
    public static async Task<string?> ReasonAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).Trailers.GetValue(KetenHeaders.Reason);
}
