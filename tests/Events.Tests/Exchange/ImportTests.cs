using Google.Protobuf;
using Grpc.Core;
using Keten.Adapters.Sdk.Ports;
using Keten.Protocol.V1;

namespace Keten.Events.Tests.Exchange;

/// <summary>A whole client base through the local API: durable by batch, resumable, and each row judged as a single report is.</summary>
public sealed class ImportTests
{
    private const int Rows = 2_500;

    [Fact]
    public async Task Every_row_becomes_an_involvement_once_however_often_it_is_imported()
    {
        await using var exchange = await TheExchange.StartAsync();
        var adapter = await StartAsync(exchange);

        var first = await RunAsync(adapter, new ImportStart { ImportId = "all" }, Enumerable.Range(1, Rows));
        var again = await RunAsync(adapter, new ImportStart { ImportId = "all" }, Enumerable.Range(1, Rows));

        Assert.Equal((Rows, 0, 0, Rows), Counts(first));
        Assert.Equal((0, Rows, 0, Rows), Counts(again));
        await exchange.CommittedAsync("keten-intake", Topics.Involvement(adapter.Oin));
        Assert.Equal(Rows, await exchange.CountAsync(Topics.Involvement(adapter.Oin)));
        await Wait.UntilAsync(() => Count(exchange, adapter, "outbox") == 0);
        Assert.Equal(Rows, exchange.Log.Records.Count(r => r.Allowed));
    }

    [Fact]
    public async Task A_dry_run_judges_every_row_and_changes_nothing()
    {
        await using var exchange = await TheExchange.StartAsync();
        var adapter = await StartAsync(exchange);

        var last = await RunAsync(adapter, new ImportStart { ImportId = "all", DryRun = true }, Enumerable.Range(1, Rows), r => r.ClientId = r.ClientId == "c7" ? "nobody" : r.ClientId);

        Assert.Equal((Rows - 1, 0, 1, Rows), Counts(last));
        Assert.Equal((0, 0, 0), (Count(exchange, adapter, "involvement"), Count(exchange, adapter, "outbox"), Count(exchange, adapter, "import")));
    }

    [Fact]
    public async Task A_row_that_cannot_be_right_is_told_by_number_and_column_and_the_others_are_taken()
    {
        await using var exchange = await TheExchange.StartAsync();
        var adapter = await StartAsync(exchange);
        var errors = new List<ImportRowError>();

        var last = await RunAsync(adapter, new ImportStart { ImportId = "all" }, Enumerable.Range(1, 10), r =>
        {
            switch (r.ClientId)
            {
                case "c2": r.ClientId = "nobody"; break;
                case "c3": r.Actor = exchange.Bsn; break;
                case "c4": r.InvolvementId = ""; break;
                case "c5": r.Change = Change.Ended; break;
                case "c6": r.Involvement = new Involvement { ContactPhone = new string('1', 300) }; break;
                case "c7": r.InvolvementId = "i1"; break;
                default: break;
            }
        }, errors);

        Assert.Equal((4, 0, 6, 10), Counts(last));
        Assert.Equal(
            [(2, "client_id", "CLIENT_UNKNOWN"), (3, "actor", "PERSONAL_DATA_IN_METADATA"), (4, "involvement_id", "REPORT_INVALID"),
                (5, "change", "REPORT_INVALID"), (6, "contact_phone", "REPORT_INVALID"), (7, "involvement_id", "INVOLVEMENT_TAKEN")],
            errors.Select(e => (e.Row, e.Column, e.ReasonCode)));
        Assert.DoesNotContain(errors, e => e.Message.Contains(exchange.Bsn, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_import_that_was_broken_off_goes_on_exactly_after_its_last_durable_row()
    {
        await using var exchange = await TheExchange.StartAsync();
        var adapter = await StartAsync(exchange);
        var oin = adapter.Oin;
        using (var call = adapter.CaseSystem.ImportInvolvements())
        {
            await call.RequestStream.WriteAsync(new ImportInvolvementsRequest { Start = new ImportStart { ImportId = "all" } });
            for (var i = 1; i <= 1_700; i++)
            {
                await call.RequestStream.WriteAsync(Row(i, r => r.ClientId = i == 3 ? "nobody" : r.ClientId));
            }

            Assert.Equal(0, (await NextAsync(call)).Position);
            Assert.Equal(1_000, (await NextAsync(call)).Position);
        }

        await exchange.StopAsync(adapter);
        adapter = await StartAsync(exchange, oin);
        using var resumed = adapter.CaseSystem.ImportInvolvements();
        await resumed.RequestStream.WriteAsync(new ImportInvolvementsRequest { Start = new ImportStart { ImportId = "all", Resume = true } });
        var where = await NextAsync(resumed);
        Assert.Equal((999, 0, 1, 1_000), Counts(where));
        Assert.Equal("1000", where.Check.ToStringUtf8());
        Assert.Equal(3, (await NextAsync(resumed)).Errors.Single().Row);
        for (var i = 1_001; i <= Rows; i++)
        {
            await resumed.RequestStream.WriteAsync(Row(i));
        }

        await resumed.RequestStream.CompleteAsync();
        ImportInvolvementsResponse? last = null;
        while (await resumed.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            last = resumed.ResponseStream.Current;
        }

        Assert.Equal((Rows - 1, 0, 1, Rows), Counts(last!));
        Assert.Equal(Rows - 1, Count(exchange, adapter, "involvement"));
        await exchange.CommittedAsync("keten-intake", Topics.Involvement(adapter.Oin));
        await Wait.UntilAsync(() => Count(exchange, adapter, "outbox") == 0);
        Assert.Equal(Rows - 1, exchange.Log.Records.Count);
    }

    [Fact]
    public async Task A_run_that_was_begun_again_elsewhere_ends_and_changes_nothing_more()
    {
        await using var exchange = await TheExchange.StartAsync();
        var adapter = await StartAsync(exchange);
        using var first = adapter.CaseSystem.ImportInvolvements();
        await first.RequestStream.WriteAsync(new ImportInvolvementsRequest { Start = new ImportStart { ImportId = "all" } });
        await NextAsync(first);
        await RunAsync(adapter, new ImportStart { ImportId = "all", Resume = true }, [1, 2]);

        await first.RequestStream.WriteAsync(Row(3));
        await first.RequestStream.CompleteAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => NextAsync(first));
        Assert.Equal((StatusCode.Aborted, "IMPORT_OVERTAKEN"), (failure.StatusCode, failure.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason));
        Assert.Equal(2, Count(exchange, adapter, "involvement"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    public async Task An_import_without_a_usable_name_is_refused(string id)
    {
        await using var exchange = await TheExchange.StartAsync();
        var adapter = await StartAsync(exchange);
        var failure = await Assert.ThrowsAsync<RpcException>(() => RunAsync(adapter, new ImportStart { ImportId = id }, [1]));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
    }

    private static async Task<TheAdapter> StartAsync(TheExchange exchange, Keten.Contracts.Identifiers.Oin? oin = null) =>
        await exchange.StartAdapterAsync(oin ?? await exchange.RegisterAsync("wijkteam"), "wijkteam",
            clients: new TheClients(Enumerable.Range(1, Rows).Select(i => new OwnClient($"c{i}", TheExchange.SomeBsn()))));

    private static ImportInvolvementsRequest Row(int number, Action<ReportInvolvementRequest>? with = null)
    {
        var report = new ReportInvolvementRequest
        {
            ClientId = $"c{number}",
            InvolvementId = $"i{number}",
            Change = Change.Started,
            Purpose = "betrokkenheid-jeugd",
            Actor = "import",
            ActorRole = "onderzoeker",
            AssertedFacts = ByteString.CopyFromUtf8("""{"subject_age":9,"subject_informed":true,"risk_assessed":true}"""),
        };
        with?.Invoke(report);
        return new ImportInvolvementsRequest { Row = new ImportRow { Row = number, Report = report, Check = ByteString.CopyFromUtf8($"{number}") } };
    }

    private static async Task<ImportInvolvementsResponse> RunAsync(
        TheAdapter adapter, ImportStart start, IEnumerable<int> rows, Action<ReportInvolvementRequest>? with = null, List<ImportRowError>? errors = null)
    {
        using var call = adapter.CaseSystem.ImportInvolvements(deadline: DateTime.UtcNow + (Wait.Limit * 2));
        var last = new ImportInvolvementsResponse();
        var hear = Task.Run(async () =>
        {
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
                last = call.ResponseStream.Current;
                errors?.AddRange(last.Errors);
            }
        });
        try
        {
            await call.RequestStream.WriteAsync(new ImportInvolvementsRequest { Start = start });
            foreach (var row in rows)
            {
                await call.RequestStream.WriteAsync(Row(row, with));
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // The adapter has ended the call; why is in its answer.
        }

        await hear;
        return last;
    }

    private static async Task<ImportInvolvementsResponse> NextAsync(AsyncDuplexStreamingCall<ImportInvolvementsRequest, ImportInvolvementsResponse> call)
    {
        using var limit = new CancellationTokenSource(Wait.Limit);
        Assert.True(await call.ResponseStream.MoveNext(limit.Token));
        return call.ResponseStream.Current;
    }

    private static (long Taken, long Unchanged, long Refused, long Position) Counts(ImportInvolvementsResponse response) =>
        (response.Taken, response.Unchanged, response.Refused, response.Position);

    private static long Count(TheExchange exchange, TheAdapter adapter, string table) => TheDatabase.Count(exchange, adapter, table);
}
