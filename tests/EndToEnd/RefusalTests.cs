using Grpc.Core;
using Keten.Client;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;

namespace Keten.EndToEnd;

/// <summary>Bad input over real sockets: each has its own status and reason code, nothing is forwarded, nothing personal is said.</summary>
[Collection("proef")]
public sealed class RefusalTests(RunningFederation running)
{
    [Fact]
    public async Task A_question_as_it_should_be_is_answered_with_data_and_terms()
    {
        var answer = await running.Wijkteam.GetPersonAsync(await running.QuestionAsync());
        Assert.Equal("Noor", answer.Data.GivenNames);
        Assert.Equal("ALLOWED", answer.Disclosure.ReasonCode);
        Assert.Contains("log-disclosure", answer.Disclosure.Obligations);
        Assert.True(UuidV7.IsValid(answer.TransactionId));
        Assert.Equal(answer.TransactionId, running.Decision(answer.Disclosure.DecisionId)!.TransactionId);
    }

    [Theory]
    [InlineData("keten-purpose")]
    [InlineData("keten-target")]
    [InlineData("keten-subject")]
    [InlineData("keten-actor")]
    [InlineData("keten-actor-role")]
    public Task Missing_metadata_is_named(string header) =>
        RefusedAsync(StatusCode.InvalidArgument, "METADATA_MISSING", headers => Remove(headers, header));

    [Fact]
    public Task Repeated_metadata_is_refused() =>
        RefusedAsync(StatusCode.InvalidArgument, "METADATA_REPEATED", headers => headers.Add("keten-purpose", "casusregie-vinden"));

    [Theory]
    [InlineData("keten-actor", 10_240)]
    [InlineData("keten-facts", 5_000)]
    [InlineData("keten-purpose", 257)]
    public Task Metadata_that_is_too_long_is_refused(string header, int length) =>
        RefusedAsync(StatusCode.InvalidArgument, "METADATA_TOO_LONG", headers => Replace(headers, header, new string('a', length)));

    [Theory]
    [InlineData("keten-target", "0000")]
    [InlineData("keten-subject", "999912112")]
    [InlineData("keten-fields", "street,,city")]
    [InlineData("keten-justification", "%0a%0d")]
    public Task Metadata_that_is_not_of_its_form_is_refused(string header, string value) =>
        RefusedAsync(StatusCode.InvalidArgument, "METADATA_MALFORMED", headers => Replace(headers, header, value));

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"subject_age": "9"}""")]
    [InlineData("""{"caller_involved": true}""")]
    [InlineData("""{"secret_address": false}""")]
    [InlineData("""{"consent": "given", "consent": "given"}""")]
    public Task Facts_that_are_malformed_or_not_the_callers_to_assert_are_refused(string facts) =>
        RefusedAsync(StatusCode.InvalidArgument, "FACTS_INVALID", headers => Replace(headers, "keten-facts", facts));

    [Fact]
    public Task A_number_that_may_be_a_BSN_is_refused_and_kept_nowhere() =>
        RefusedAsync(StatusCode.InvalidArgument, "PERSONAL_DATA_IN_METADATA", headers => Replace(headers, "keten-case", "999912112"));

    [Fact]
    public Task An_unknown_purpose_is_refused() =>
        RefusedAsync(StatusCode.InvalidArgument, "UNKNOWN_PURPOSE", headers => Replace(headers, "keten-purpose", "nieuwsgierig"));

    [Fact]
    public Task An_unknown_target_is_refused() =>
        RefusedAsync(StatusCode.NotFound, "TARGET_UNKNOWN", headers => Replace(headers, "keten-target", "00000099000000007777"));

    [Fact]
    public Task A_role_that_the_purpose_does_not_list_is_refused() =>
        RefusedAsync(StatusCode.PermissionDenied, "ROLE_NOT_PERMITTED", headers => Replace(headers, "keten-actor-role", "burgemeester"));

    [Fact]
    public Task The_BSN_as_a_field_is_refused() =>
        RefusedAsync(StatusCode.PermissionDenied, "BSN_NOT_EXCHANGEABLE", headers => Replace(headers, "keten-fields", "family_name,bsn"));

    [Theory]
    [InlineData("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    [InlineData("nonsense")]
    public Task A_transaction_id_that_is_no_UUIDv7_is_refused(string id) =>
        RefusedAsync(StatusCode.InvalidArgument, "TRANSACTION_ID_INVALID", headers => Replace(headers, "fsc-transaction-id", id));

    [Fact]
    public async Task A_method_that_is_not_in_the_catalogue_is_refused()
    {
        var unknown = new Method<GetPersonRequest, GetPersonResponse>(MethodType.Unary, "keten.person.v1.PersonService", "DeletePerson",
            Marshallers.Create(_ => Array.Empty<byte>(), _ => new GetPersonRequest()), Marshallers.Create(_ => Array.Empty<byte>(), _ => new GetPersonResponse()));
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await running.Wijkteam.Invoker.AsyncUnaryCall(unknown, null, new CallOptions(AskMetadata.Of(await running.QuestionAsync())), new GetPersonRequest()));
        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
        Assert.Equal("OPERATION_UNKNOWN", refused.Trailers.GetValue("keten-reason"));
    }

    [Fact]
    public async Task A_local_method_cannot_be_called_through_the_gateway()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new CaseSystemService.CaseSystemServiceClient(running.Wijkteam.Invoker)
            .GetPseudonymAsync(new GetPseudonymRequest { ClientId = "gemeente-kind" }, AskMetadata.Of(await running.QuestionAsync())));
        Assert.Equal("OPERATION_UNKNOWN", refused.Trailers.GetValue("keten-reason"));
    }

    [Fact]
    public async Task That_the_caller_itself_is_not_involved_it_is_told()
    {
        var refused = await Assert.ThrowsAsync<KetenException>(async () =>
            await running.Client(running.CertificateOf("wijkteam")).GetPersonAsync(await running.QuestionAsync(person: "moeder")));
        // The wijkteam is not involved with the mother either, and that it may know.
        Assert.Equal("CALLER_NOT_INVOLVED", refused.ReasonCode);
    }

    [Fact]
    public async Task The_same_words_for_a_person_the_target_knows_and_for_one_it_does_not()
    {
        var known = await RefusalAsync((await running.QuestionAsync(person: "moeder", caller: "portaal")).Subject!.Value);
        var unknown = await RefusalAsync(Stranger);
        Assert.Equal("ACCESS_NOT_PERMITTED", known.ReasonCode);
        Assert.Equal((unknown.ReasonCode, unknown.Message, unknown.DutchMessage), (known.ReasonCode, known.Message, known.DutchMessage));
        Assert.Equal("TARGET_NOT_INVOLVED", running.Decision(known.DecisionId)!.ReasonCode);

        async Task<KetenException> RefusalAsync(Pseudonym person) => await Assert.ThrowsAsync<KetenException>(async () =>
            await running.Federation.Systems["portaal"].Gateway.GetPersonAsync(await running.QuestionAsync() with
            {
                Subject = person, Purpose = "inzage-betrokkene", ActorRole = "inwoner",
                Facts = RunningFederation.Facts("""{"subject_age": 36, "assurance_level": "high"}"""),
            }));
    }

    [Fact]
    public async Task A_target_that_is_down_is_said_to_be_down()
    {
        running.Proef.Script = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        var refused = await Assert.ThrowsAsync<KetenException>(async () => await running.Wijkteam.GetPersonAsync(await running.QuestionAsync("proef")));
        Assert.Equal("TARGET_NOT_REACHABLE", refused.ReasonCode);
        Assert.True(refused.IsTransient);
    }

    private static Pseudonym Stranger => Pseudonym.Create("dev", new byte[32]);

    private async Task RefusedAsync(StatusCode status, string reason, Action<Metadata> spoil)
    {
        var before = running.Proef.Calls;
        var headers = AskMetadata.Of(await running.QuestionAsync("proef"));
        spoil(headers);
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await new PersonService.PersonServiceClient(running.Wijkteam.Invoker).GetPersonAsync(new GetPersonRequest(), headers));
        Assert.Equal(reason, refused.Trailers.GetValue("keten-reason"));
        Assert.Equal(status, refused.StatusCode);
        Assert.Equal(before, running.Proef.Calls);
        Assert.DoesNotContain("Noor", refused.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("999912112", refused.Status.Detail, StringComparison.Ordinal);

        var error = refused.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!;
        Assert.Equal(("keten", reason), (error.Domain, error.Reason));
        var record = running.Decision(error.Metadata["decision_id"]);
        Assert.NotNull(record);
        Assert.False(record.Allowed);
        Assert.Equal(reason, record.CallerCode);
    }

    private static void Remove(Metadata headers, string name) => headers.Remove(headers.First(h => h.Key == name));

    private static void Replace(Metadata headers, string name, string value)
    {
        if (headers.FirstOrDefault(h => h.Key == name) is { } old)
        {
            headers.Remove(old);
        }

        headers.Add(name, value);
    }
}
