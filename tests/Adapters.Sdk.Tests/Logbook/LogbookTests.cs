using System.Net;
using System.Text.Json;
using Grpc.Core;
using Keten.Adapters.Sdk.Hosting;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using static Keten.Adapters.Sdk.Tests.Hosting.ThePermit;

namespace Keten.Adapters.Sdk.Tests.Logbook;

/// <summary>The Logboek dataverwerkingen of an adapter: what is in it after what happened, and as others read it.</summary>
public sealed class LogbookTests : IAsyncDisposable
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string GatewaySpan = "b7ad6b7169203331";

    private readonly TheAdapter _adapter = TheAdapter.Start();

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task A_disclosure_is_one_line_that_continues_the_gateways_trace_and_is_there_when_the_answer_is()
    {
        var permit = For();
        await AskAsync(permit);
        var line = Assert.Single(Lines());
        Assert.Equal((Trace, GatewaySpan, "Ok", Child.Value), (line.Span.TraceId, line.Span.ParentSpanId, line.Status, line.DataSubjectId));
        Assert.Equal(16, line.Span.SpanId.Length);
        Assert.Equal("urn:keten:purpose:naw-hergebruik#naw/read", line.ProcessingActivityId);
        Assert.Equal("urn:nld:oin:" + Caller, line.Processor);
        Assert.Equal(permit.DecisionId, line.DecisionId);
        Assert.Equal(Moment.ToUnixTimeMilliseconds(), line.EndTime);
        Assert.DoesNotContain("med-1", line.ToJson("urn:nld:oin:" + Target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correct_no_is_unset_and_a_fault_of_ours_is_an_error()
    {
        await ReasonAsync(() => AskAsync(For(change: p => p.CallerInvolved = false)));
        _adapter.Source.Person = () => throw new SourceUnavailableException("the source", "DOWN", "does not answer");
        await ReasonAsync(() => AskAsync(For()));
        _adapter.Source.Person = () => throw new InvalidOperationException("odd");
        await ReasonAsync(() => AskAsync(For()));
        Assert.Equal(["Error", "Error", "Unset"], Lines().Select(l => l.Status).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_person_in_a_household_is_a_line_of_its_own_under_the_one_of_the_call()
    {
        var (mother, father) = (Pseudonym.Create("k1", [.. Enumerable.Repeat((byte)1, 32)]), Pseudonym.Create("k1", [.. Enumerable.Repeat((byte)2, 32)]));
        _adapter.Source.Relations = () =>
        [
            new HouseholdRelation { RelatedPerson = mother.Value, RelationType = "moeder" }, new HouseholdRelation { RelatedPerson = mother.Value },
            new HouseholdRelation { RelatedPerson = father.Value }, new HouseholdRelation { RelatedPerson = "tante" },
        ];
        var permit = For(GetHousehold, p =>
        {
            (p.Purpose, p.Caller.OrganisationType, p.ActorRole) = ("veiligheid-beoordelen", "veilig-thuis", "onderzoeker");
        });
        await _adapter.Households.GetHouseholdAsync(new GetHouseholdRequest(), Headers(permit));
        var lines = Lines();
        var own = Assert.Single(lines, l => l.DataSubjectId == Child.Value);
        Assert.Equal([mother.Value, father.Value], lines.Where(l => l != own).Select(l => l.DataSubjectId));
        Assert.All(lines.Where(l => l != own), l => Assert.Equal((own.Span.TraceId, own.Span.SpanId), (l.Span.TraceId, l.Span.ParentSpanId)));
        Assert.Equal(3, lines.Select(l => l.Span.SpanId).Distinct().Count());
    }

    [Fact]
    public async Task A_number_that_may_be_a_BSN_is_not_written_and_nothing_is_disclosed()
    {
        Assert.Equal("PERSONAL_DATA_IN_METADATA", await ReasonAsync(() => AskAsync(For(change: p => p.Actor = "mw 999912112"))));
        Assert.Empty(Lines());
        Assert.Empty(_adapter.Disclosures());
        var processing = Reported(Moment) with { Purpose = "999912112" };
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(processing));
    }

    [Fact]
    public async Task Reporting_an_involvement_is_a_line_in_the_same_transaction_and_erasing_leaves_it()
    {
        var reporter = _adapter.Services.GetRequiredService<InvolvementReporter>();
        var outcome = await reporter.ReportAsync(
            new ReportInvolvementRequest
            {
                ClientId = TheSource.ClientId, Change = Change.Started, Purpose = "betrokkenheid-jeugd", Actor = "mw-1", ActorRole = "jeugdconsulent",
                Involvement = new Keten.Protocol.V1.Involvement { StartedOn = "2026-03-01", Status = "active", ContactDesk = "Balie" },
            },
            TestContext.Current.CancellationToken);
        Assert.Null(outcome.Refusal);
        await _adapter.Services.GetRequiredService<InvolvementEraser>().EraseAsync(
            new EraseInvolvementsRequest { ClientId = TheSource.ClientId }, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["urn:keten:purpose:betrokkenheid-jeugd#betrokkenheid/submit", "urn:keten:purpose:betrokkenheid-jeugd#betrokkenheid/erase"],
            Lines().Select(l => l.ProcessingActivityId));
        Assert.All(Lines(), l => Assert.Equal(("", Child.Value), (l.Processor, l.DataSubjectId)));
    }

    [Fact]
    public async Task Lines_go_when_their_term_is_over_and_not_before()
    {
        await AskAsync(For());
        await WriteAsync(Reported(Moment));
        var keeper = _adapter.Services.GetRequiredService<LogbookKeeper>();
        _adapter.Time.Advance(LogbookTerms.Default);
        Assert.Equal(0, await keeper.PurgeAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, Lines().Count);
        _adapter.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await keeper.PurgeAsync(TestContext.Current.CancellationToken));
        Assert.Empty(Lines());
    }

    [Theory]
    [InlineData("huisarts", 1827)]
    [InlineData("ggz", 1827)]
    [InlineData("ggd", 1827)]
    [InlineData("wijkteam", 365)]
    public void A_care_provider_keeps_it_five_years_at_least(string type, int days) => Assert.Equal(days, LogbookTerms.LeastOf(type).TotalDays);

    [Fact]
    public async Task The_case_system_gets_it_as_json_lines_and_the_gateway_does_not()
    {
        await AskAsync(For());
        var line = Assert.Single((await GetAsync(_adapter.CaseSystemDoor, "/logbook")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var json = JsonDocument.Parse(line);
        Assert.Equal(Child.Value, json.RootElement.GetProperty("attributes").GetProperty("dpl.core.data_subject_id").GetString());
        Assert.Equal("urn:nld:oin:" + Target, json.RootElement.GetProperty("resource").GetProperty("attributes").GetProperty("service.namespace").GetString());
        Assert.Equal("", (await GetAsync(_adapter.CaseSystemDoor, "/logbook?from=2026-03-03T00:00:00Z")).Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(_adapter.CaseSystemDoor, "/logbook?from=gisteren")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(_adapter.GatewayDoor, "/logbook")).Status);
    }

    private async Task AskAsync(Decision permit)
    {
        var headers = Headers(permit);
        headers.Add(KetenHeaders.TraceParent, $"00-{Trace}-{GatewaySpan}-00");
        await _adapter.Persons.GetPersonAsync(new GetPersonRequest(), headers);
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(Grpc.Net.Client.GrpcChannel door, string path)
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await http.GetAsync(new Uri($"http://{door.Target}{path}"), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static Processing Reported(DateTimeOffset now) => ExchangeProcessing.Reported(
        new InvolvementChanged { Change = Change.Started, Purpose = "betrokkenheid-jeugd", Subject = Child.Value }, now);

    private Task<bool> WriteAsync(Processing processing) => _adapter.Store.WriteAsync(
        transaction =>
        {
            LogbookTable.Add(transaction, processing);
            return true;
        },
        TestContext.Current.CancellationToken);

    private List<LogbookLine> Lines() =>
        [.. _adapter.Services.GetRequiredService<LogbookReader>().Read(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)];
}
