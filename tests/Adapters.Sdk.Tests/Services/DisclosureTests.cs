using Grpc.Core;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Contracts;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Services;

/// <summary>A question through the gateway's door, from the permit to what leaves the organisation and what stays on its record.</summary>
public sealed class DisclosureTests : IAsyncDisposable
{
    private const string Secret = "Noor van Voorbeeld, 999912112";

    private readonly TheAdapter _adapter = TheAdapter.Start();

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task Answers_with_the_permitted_fields_and_the_terms_and_records_both()
    {
        var permit = For(change: p => Only(p, "given_names", "city"));
        using var call = _adapter.Persons.GetPersonAsync(new GetPersonRequest(), Headers(permit));
        var answer = await call;
        Assert.Equal(new Person { GivenNames = "Noor", City = "Elders" }, answer.Person);
        var terms = Keten.Protocol.V1.Disclosure.Parser.ParseFrom((await call.ResponseHeadersAsync).GetValueBytes(KetenHeaders.Disclosure));
        Assert.Equal((permit.DecisionId, "ALLOWED"), (terms.DecisionId, terms.ReasonCode));
        Assert.Equal(["given_names", "city"], terms.Fields);
        Assert.Equal((permit.DecisionId, 0, true, "ALLOWED", "ALLOWED", """["given_names","city"]"""), Assert.Single(_adapter.Disclosures()));
    }

    [Fact]
    public async Task A_secret_address_only_the_organisation_knows_of_stays_inside()
    {
        _adapter.Source.Facts = () => new PersonFacts { SecretAddress = true };
        var answer = await AskAsync(For());
        Assert.Equal("Noor", answer.Person.GivenNames);
        Assert.False(answer.Person.HasStreet || answer.Person.HasCity || answer.Person.HasPostalCode || answer.Person.HasMunicipalityCode);
        Assert.DoesNotContain("street", Assert.Single(_adapter.Disclosures()).Fields, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_is_good_for_one_answer_and_the_second_use_is_on_the_record()
    {
        var permit = For();
        await AskAsync(permit);
        Assert.Equal("DECISION_REPLAYED", await ReasonAsync(() => AskAsync(permit)));
        Assert.Equal(["DECISION_REPLAYED", "ALLOWED"], _adapter.Disclosures().Select(d => d.Reason));
    }

    [Fact]
    public async Task Of_many_calls_with_one_decision_at_the_same_time_one_is_answered()
    {
        var permit = For();
        var answered = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await Record.ExceptionAsync(() => AskAsync(permit)) is null));
        Assert.Equal(1, answered.Count(a => a));
    }

    [Fact]
    public async Task A_refusal_by_the_organisation_is_on_its_record_and_nothing_is_read()
    {
        _adapter.Source.Facts = () => new PersonFacts { BirthDate = new DateOnly(2010, 1, 1) };
        Assert.Equal("ASSERTION_CONTRADICTED", await ReasonAsync(() => AskAsync(For())));
        Assert.Equal((-1, false, "ASSERTION_CONTRADICTED"), (_adapter.Disclosures()[0].Sequence, _adapter.Disclosures()[0].Allowed, _adapter.Disclosures()[0].Reason));
        Assert.Equal(0, _adapter.Source.Reads);
    }

    [Fact]
    public async Task The_exact_reason_stays_on_the_record_when_the_caller_may_not_know_it()
    {
        var permit = For(change: p => p.TargetInvolved = false);
        var refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(permit));
        Assert.Equal("ACCESS_NOT_PERMITTED", refused.Trailers.GetValue(KetenHeaders.Reason));
        Assert.Contains($"| `ACCESS_NOT_PERMITTED` | PermissionDenied | {refused.Status.Detail} |", ErrorsDocument.Write(), StringComparison.Ordinal);
        Assert.Equal(("TARGET_NOT_INVOLVED", "ACCESS_NOT_PERMITTED"), (_adapter.Disclosures()[0].Reason, _adapter.Disclosures()[0].CallerCode));
    }

    [Fact]
    public async Task A_person_the_organisation_does_not_know_is_an_empty_answer_and_nothing_is_read()
    {
        var permit = For(change: p => p.Subject = Keten.Contracts.Identifiers.Pseudonym.Create("k1", [.. Enumerable.Repeat((byte)7, 32)]).Value);
        Assert.Equal(new Person(), (await AskAsync(permit)).Person);
        Assert.Equal(0, _adapter.Source.Reads);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_is_said_to_be_down()
    {
        _adapter.Source.Person = () => throw new SourceUnavailableException("person", "timeout", "raise the limit");
        Assert.Equal("SOURCE_UNAVAILABLE", await ReasonAsync(() => AskAsync(For())));
        Assert.False(Assert.Single(_adapter.Disclosures()).Allowed);
    }

    public static TheoryData<Exception> Leaks =>
    [
        new InvalidOperationException(Secret),
        new IOException(Secret, new FormatException(Secret)),
        new RpcException(new Status(StatusCode.NotFound, Secret), new Metadata { { "x-person", Secret } }),
        new AggregateException(Secret, new RpcException(new Status(StatusCode.OK, Secret))),
    ];

    [Theory]
    [MemberData(nameof(Leaks), DisableDiscoveryEnumeration = true)]
    public async Task What_goes_wrong_inside_is_told_neither_to_the_caller_nor_to_the_log(Exception problem)
    {
        _adapter.Source.Person = () => throw problem;
        var refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(For()));
        Assert.Equal((StatusCode.Internal, "INTERNAL"), (refused.StatusCode, refused.Trailers.GetValue(KetenHeaders.Reason)));
        Assert.DoesNotContain("Noor", refused.Status.Detail + string.Join(' ', refused.Trailers.Select(t => t.IsBinary ? System.Text.Encoding.UTF8.GetString(t.ValueBytes) : t.Value)), StringComparison.Ordinal);
        Assert.Contains(_adapter.Log.Lines, l => l.Id == 7001 && l.Text.Contains(problem.GetType().Name, StringComparison.Ordinal));
        Assert.DoesNotContain(_adapter.Log.Lines, l => l.Text.Contains("Voorbeeld", StringComparison.Ordinal) || l.Text.Contains("999912112", StringComparison.Ordinal));
        Assert.False(Assert.Single(_adapter.Disclosures()).Allowed);
    }

    [Fact]
    public async Task When_the_organisations_record_cannot_be_written_nothing_leaves()
    {
        using (var connection = _adapter.Store.OpenConnection())
        using (var drop = connection.CreateCommand())
        {
            drop.CommandText = "DROP TABLE disclosure";
            drop.ExecuteNonQuery();
        }

        using var call = _adapter.Persons.GetPersonAsync(new GetPersonRequest(), Headers(For()));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal("INTERNAL", refused.Trailers.GetValue(KetenHeaders.Reason));
        Assert.DoesNotContain(await call.ResponseHeadersAsync, h => h.Key == KetenHeaders.Disclosure);
    }

    [Fact]
    public async Task A_port_that_is_not_registered_is_an_operation_that_is_not_offered()
    {
        var permit = For("/keten.involvement.v1.InvolvementService/GetInvolvement", p =>
        {
            p.Purpose = "betrokkenheid-jeugd";
            p.ActorRole = "casusregisseur";
        });
        var reason = await ReasonAsync(async () => await new InvolvementService.InvolvementServiceClient(_adapter.GatewayDoor).GetInvolvementAsync(new GetInvolvementRequest(), Headers(permit)));
        Assert.True(reason is "OPERATION_NOT_OFFERED", reason);
    }

    [Fact]
    public async Task Nothing_worse_than_debug_is_logged_for_a_question_that_is_answered()
    {
        await AskAsync(For());
        Assert.DoesNotContain(_adapter.Log.Lines, l => l.Level >= LogLevel.Warning);
    }

    private async Task<GetPersonResponse> AskAsync(Decision permit) => await _adapter.Persons.GetPersonAsync(new GetPersonRequest(), Headers(permit), DateTime.UtcNow.AddSeconds(20));

    private static void Only(Decision permit, params string[] fields)
    {
        permit.Fields.Clear();
        permit.Fields.Add(fields);
    }
}
