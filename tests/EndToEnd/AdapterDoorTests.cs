using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Keten.Contracts.Identifiers;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.EndToEnd;

/// <summary>What the adapter checks for itself, called with the gateway's own certificate by somebody who is not the gateway.</summary>
public sealed class AdapterDoorTests(RunningFederation running)
{
    [Fact]
    public async Task A_permit_is_good_for_one_call()
    {
        using var channel = Door("gemeente");
        var headers = Headers(await PermitAsync());
        Assert.Equal("Noor", (await AskAsync(channel, headers)).Person.GivenNames);
        Assert.Equal("DECISION_REPLAYED", await ReasonAsync(channel, headers));
    }

    [Fact]
    public async Task A_call_without_a_permit_or_with_two_or_with_rubbish_is_refused()
    {
        using var channel = Door("gemeente");
        var permit = await PermitAsync();
        var none = Headers(permit);
        none.Remove(none.First(h => h.Key == "keten-decision-bin"));
        Assert.Equal("DECISION_MISSING", await ReasonAsync(channel, none));
        none.Add("keten-decision-bin", new byte[] { 0xff, 0xff, 0xff });
        Assert.Equal("DECISION_MISSING", await ReasonAsync(channel, none));
    }

    [Fact]
    public async Task A_permit_for_something_else_is_refused()
    {
        using var channel = Door("gemeente");
        await RefusedAsync(permit => permit.Operation = "/keten.person.v1.PersonService/WatchPerson");
        await RefusedAsync(permit => permit.Target.Oin = running.Scenario.Participant("vt").Oin);
        await RefusedAsync(permit => permit.Category = "gezinssamenstelling");
        await RefusedAsync(permit => permit.DecisionId = "1");
        var headers = Headers(await PermitAsync());
        headers.Remove(headers.First(h => h.Key == "keten-subject"));
        headers.Add("keten-subject", Pseudonym.Create("dev", new byte[32]).Value);
        Assert.Equal("DECISION_MISMATCH", await ReasonAsync(channel, headers));

        async Task RefusedAsync(Action<Decision> change)
        {
            var permit = await PermitAsync();
            change(permit);
            Assert.Equal("DECISION_MISMATCH", await ReasonAsync(channel, Headers(permit)));
        }
    }

    [Fact]
    public async Task A_permit_that_has_expired_is_refused()
    {
        using var channel = Door("gemeente");
        var permit = await PermitAsync();
        permit.ExpiresAt = Timestamp.FromDateTimeOffset(permit.DecidedAt.ToDateTimeOffset() - TimeSpan.FromSeconds(30));
        Assert.Equal("DECISION_EXPIRED", await ReasonAsync(channel, Headers(permit)));
    }

    [Fact]
    public async Task The_organisations_own_facts_narrow_what_the_gateway_allowed_and_never_widen_it()
    {
        using var channel = Door("gemeente");
        var narrow = await PermitAsync();
        narrow.Fields.Clear();
        narrow.Fields.Add("family_name");
        var answer = await AskAsync(channel, Headers(narrow));
        Assert.Equal("Voorbeeld", answer.Person.FamilyName);
        Assert.False(answer.Person.HasGivenNames);

        var older = await PermitAsync();
        older.AssertedFacts = ByteString.CopyFromUtf8("""{"subject_informed": true, "subject_age": 12}""");
        Assert.Equal("ASSERTION_CONTRADICTED", await ReasonAsync(channel, Headers(older)));

        var suspended = await PermitAsync();
        suspended.CallerInvolved = false;
        Assert.Equal("CALLER_NOT_INVOLVED", await ReasonAsync(channel, Headers(suspended)));
    }

    [Fact]
    public async Task The_local_api_is_not_behind_the_gateways_door()
    {
        using var channel = Door("gemeente");
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new CaseSystemService.CaseSystemServiceClient(channel)
            .GetPseudonymAsync(new GetPseudonymRequest { ClientId = "gemeente-kind" }));
        Assert.Equal("OPERATION_NOT_OFFERED", refused.Trailers.GetValue("keten-reason"));
    }

    private static async Task<GetPersonResponse> AskAsync(GrpcChannel channel, Metadata headers) =>
        await new PersonService.PersonServiceClient(channel).GetPersonAsync(new GetPersonRequest(), headers);

    private static async Task<string?> ReasonAsync(GrpcChannel channel, Metadata headers) =>
        (await Assert.ThrowsAsync<RpcException>(() => AskAsync(channel, headers))).Trailers.GetValue("keten-reason");

    private GrpcChannel Door(string organisation)
    {
        var issued = Path.Combine(Path.GetDirectoryName(running.Federation.Authority.CertificatePath)!, "issued", Keten.Demo.Federation.GatewayOin.Value);
        var credentials = FederationCredentials.Load(
            running.Federation.Authority.CertificatePath, running.Federation.Authority.CrlPath, Path.Combine(issued, "cert.pem"), Path.Combine(issued, "key.pem"),
            running.Federation.Clock);
        return GrpcChannel.ForAddress(running.Federation.AdapterAddresses[organisation], new GrpcChannelOptions
        {
            HttpHandler = credentials.CreateHandler(Oin.Parse(running.Scenario.Participant(organisation).Oin)), DisposeHttpClient = true,
        });
    }

    /// <summary>A permit as the gateway made it for a real call, under a new id.</summary>
    private async Task<Decision> PermitAsync()
    {
        var question = await running.QuestionAsync();
        var answer = await running.Wijkteam.GetPersonAsync(question);
        var record = running.Decision(answer.Disclosure.DecisionId)!;
        var decidedAt = record.DecidedAt.ToDateTimeOffset();
        return new Decision
        {
            DecisionId = UuidV7.Create(decidedAt), TransactionId = record.TransactionId, Operation = record.Operation, Caller = record.Caller, Target = record.Target,
            Subject = record.Subject, Purpose = record.Purpose, Category = record.Category, Action = AccessAction.Read, Actor = record.Actor,
            ActorRole = record.ActorRole, Fields = { record.Fields }, Obligations = { record.Obligations }, AssertedFacts = record.AssertedFacts,
            CallerInvolved = true, TargetInvolved = true, DecidedAt = record.DecidedAt,
            ExpiresAt = Timestamp.FromDateTimeOffset(decidedAt + TimeSpan.FromSeconds(30)),
        };
    }

    private static Metadata Headers(Decision permit) => new()
    {
        { "keten-decision-bin", permit.ToByteArray() }, { "keten-subject", permit.Subject }, { "keten-purpose", permit.Purpose },
    };
}
