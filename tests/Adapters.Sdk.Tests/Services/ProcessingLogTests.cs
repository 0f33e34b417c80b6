using Grpc.Core;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Services;

/// <summary>"Who saw what about me": the organisation's part of the answer.</summary>
public sealed class ProcessingLogTests : IAsyncDisposable
{
    private const string ListProcessing = "/keten.processing.v1.ProcessingLogService/ListProcessing";

    private readonly TheAdapter _adapter = TheAdapter.Start();

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task The_person_sees_who_read_what_and_why_and_no_professional()
    {
        var read = For();
        await ReadAsync(read);
        var line = Assert.Single(await ListAsync());
        Assert.Equal((read.DecisionId, Caller, Target, "naw-hergebruik", "naw", "disclosed"),
            (line.DecisionId, line.RequestingOrganisation, line.ProvidingOrganisation, line.Purpose, line.Category, line.Outcome));
        Assert.Contains("given_names", line.Fields);
        Assert.False(line.BreakGlass);
        Assert.False(line.HasProfessional);
    }

    [Fact]
    public async Task A_refused_attempt_and_a_failed_one_are_shown_and_say_that_nothing_was_given()
    {
        await Assert.ThrowsAsync<RpcException>(() => ReadAsync(For(change: p => p.CallerInvolved = false)));
        _adapter.Source.Person = () => throw new SourceUnavailableException("the source", "DOWN", "does not answer");
        await Assert.ThrowsAsync<RpcException>(() => ReadAsync(For()));
        var lines = await ListAsync();
        Assert.Equal(["failed", "refused"], lines.Select(l => l.Outcome).Order(StringComparer.Ordinal));
        Assert.All(lines, l => Assert.Empty(l.Fields));
    }

    [Fact]
    public async Task A_decision_that_was_tried_again_is_one_line_that_says_it_was_answered()
    {
        var read = For();
        await ReadAsync(read);
        await Assert.ThrowsAsync<RpcException>(() => ReadAsync(read));
        Assert.Equal("disclosed", Assert.Single(await ListAsync()).Outcome);
    }

    [Fact]
    public async Task A_running_investigation_is_left_out_until_its_term_is_over()
    {
        await ReadAsync(For(change: p => (p.Purpose, p.Caller.OrganisationType, p.ActorRole) = ("veiligheid-beoordelen", "veilig-thuis", "onderzoeker")));
        Assert.Empty(await ListAsync());
        _adapter.Time.Advance(TimeSpan.FromDays(69));
        Assert.DoesNotContain(await ListAsync(), l => l.Purpose == "veiligheid-beoordelen");
        _adapter.Time.Advance(TimeSpan.FromDays(1));
        Assert.Contains(await ListAsync(), l => l.Purpose == "veiligheid-beoordelen");
    }

    [Fact]
    public async Task Who_restricts_inspection_answers_as_to_anybody_who_may_not()
    {
        await ReadAsync(For());
        _adapter.Source.Facts = () => new PersonFacts { InspectionRestricted = true };
        Assert.Equal("ACCESS_NOT_PERMITTED", await ReasonAsync(() => ListAsync()));
    }

    [Fact]
    public async Task Who_shields_an_involvement_answers_as_who_restricts_inspection()
    {
        await ReadAsync(For());
        await ShieldAsync();
        Assert.Equal("ACCESS_NOT_PERMITTED", await ReasonAsync(() => ListAsync()));
    }

    [Fact]
    public async Task A_file_says_that_an_involvement_is_shielded_where_it_has_no_line()
    {
        await ShieldAsync();
        var book = LogbookFile.Read(_adapter.Database, Oin.Parse(Target), "gemeente", Child, _adapter.Time.GetUtcNow());
        Assert.Empty(book.Lines);
        Assert.True(book.Shielded);
    }

    [Fact]
    public async Task Another_organisation_that_was_told_of_is_a_line_and_the_police_is_not()
    {
        await ToldAsync("wijkteam");
        await ToldAsync("politie");
        await ToldAsync("");
        var line = Assert.Single(await ListAsync());
        Assert.Equal(("received", Target, Caller), (line.Outcome, line.RequestingOrganisation, line.ProvidingOrganisation));
        Assert.Equal(["organisation", "organisation_type"], line.Fields);
    }

    [Fact]
    public async Task Another_organisation_is_left_out_while_the_person_may_not_know_of_it_for_safety()
    {
        await ToldAsync("wijkteam", informed: false);
        Assert.Empty(await ListAsync());
        _adapter.Time.Advance(TimeSpan.FromDays(179));
        Assert.DoesNotContain(await ListAsync(), l => l.Outcome == "received");
        _adapter.Time.Advance(TimeSpan.FromDays(1));
        Assert.Contains(await ListAsync(), l => l.Outcome == "received");
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("failed")]
    public async Task An_attempt_is_left_out_while_informing_the_person_is_postponed_for_safety(string outcome)
    {
        if (outcome == "failed")
        {
            _adapter.Source.Person = () => throw new SourceUnavailableException("the source", "DOWN", "does not answer");
        }

        await Assert.ThrowsAsync<RpcException>(() => ReadAsync(For(change: p =>
        {
            p.Obligations.Add("inform-subject-when-safe");
            p.CallerInvolved = outcome == "failed";
        })));
        Assert.Empty(await ListAsync());
        _adapter.Time.Advance(TimeSpan.FromDays(180));
        Assert.Equal(outcome, Assert.Single(await ListAsync(), l => l.Purpose == "naw-hergebruik").Outcome);
    }

    [Fact]
    public async Task Pages_fit_together_and_lines_since_the_first_stay_out()
    {
        for (var i = 0; i < 5; i++)
        {
            await ReadAsync(For());
            _adapter.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var until = _adapter.Time.GetUtcNow().ToString("O");
        await ReadAsync(For());
        var pages = new List<ProcessingLine>();
        for (var offset = 0; offset < 6; offset += 2)
        {
            pages.AddRange(await ListAsync(new ListProcessingRequest { Until = until, Offset = offset, Limit = 2 }));
        }

        Assert.Equal(5, pages.Select(l => l.DecisionId).Distinct().Count());
        Assert.Equal(pages.Select(l => l.OccurredAt).OrderDescending(StringComparer.Ordinal), pages.Select(l => l.OccurredAt));
    }

    [Fact]
    public async Task Of_somebody_else_there_is_nothing()
    {
        await ReadAsync(For());
        var other = Pseudonym.Create("k1", [.. Enumerable.Repeat((byte)7, 32)]).Value;
        Assert.Empty(await ListAsync(change: p => p.Subject = other));
    }

    [Fact]
    public async Task A_page_that_cannot_be_is_refused()
    {
        Assert.Equal("SEARCH_INVALID", await ReasonAsync(() => ListAsync(new ListProcessingRequest { Limit = 1001 })));
        Assert.Equal("SEARCH_INVALID", await ReasonAsync(() => ListAsync(new ListProcessingRequest { Until = "gisteren" })));
    }

    private Task<GetPersonResponse> ReadAsync(Decision permit)
    {
        permit.DecidedAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(_adapter.Time.GetUtcNow());
        permit.ExpiresAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(_adapter.Time.GetUtcNow() + TimeSpan.FromSeconds(30));
        return _adapter.Persons.GetPersonAsync(new GetPersonRequest(), Headers(permit)).ResponseAsync;
    }

    private async Task<List<ProcessingLine>> ListAsync(ListProcessingRequest? request = null, Action<Decision>? change = null)
    {
        var permit = For(ListProcessing, p =>
        {
            (p.Purpose, p.ActorRole, p.CallerInvolved) = ("inzage-betrokkene", "wettelijk-vertegenwoordiger", false);
            p.Caller = new Party { Oin = "00000099000000001017", OrganisationType = "inwoner-portaal", Status = "active" };
            p.AssertedFacts = Facts("""{"assurance_level": "substantial", "subject_age": 9}""");
            p.DecidedAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(_adapter.Time.GetUtcNow());
            p.ExpiresAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(_adapter.Time.GetUtcNow() + TimeSpan.FromSeconds(30));
            change?.Invoke(p);
        });
        var answer = await new ProcessingLogService.ProcessingLogServiceClient(_adapter.GatewayDoor)
            .ListProcessingAsync(request ?? new ListProcessingRequest(), Headers(permit));

        // The question itself is a line too, from the moment it was answered.
        return [.. answer.Lines.Where(l => l.Purpose != "inzage-betrokkene")];
    }

    private Task<bool> ShieldAsync() => _adapter.Store.WriteAsync(
        transaction =>
        {
            transaction.Execute(
                """
                INSERT INTO involvement (involvement_id, client_id, subject, other_subject, purpose, version, digest, shielded, ended, ended_at, answer)
                VALUES ('i-1', 'c-1', $subject, '', 'betrokkenheid-jeugd', 1, x'00', 1, 1, 0, NULL)
                """, ("$subject", Child.Value));
            return true;
        },
        TestContext.Current.CancellationToken);

    private Task<bool> ToldAsync(string type, bool informed = true) => _adapter.Store.WriteAsync(
        transaction =>
        {
            var match = new Match { AboutOin = Caller, Purpose = "betrokkenheid-jeugd", Informed = informed, Involvement = new Keten.Protocol.V1.Involvement { Organisation = "X" } };
            if (type.Length > 0)
            {
                match.Involvement.OrganisationType = type;
            }

            LogbookTable.Add(transaction, ExchangeProcessing.Received(
                transaction, new Notification { Subject = Child.Value, Match = match }, "urn:nld:keten:gateway", _adapter.Time.GetUtcNow() - TimeSpan.FromSeconds(1)));
            return true;
        },
        TestContext.Current.CancellationToken);
}
