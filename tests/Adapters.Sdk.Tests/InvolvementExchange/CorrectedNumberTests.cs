using Google.Rpc;
using Grpc.Core;
using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Client.Pseudonyms;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TheAdapter = Keten.Adapters.Sdk.Tests.Hosting.TheAdapter;

namespace Keten.Adapters.Sdk.Tests.InvolvementExchange;

/// <summary>A client's BSN was corrected after an involvement was reported: what counts for a stranger must not go on.</summary>
public sealed class CorrectedNumberTests : IAsyncDisposable
{
    private const int Corrected = 5343;
    private const int TooMany = 5344;

    private readonly TheClients _clients = new();
    private readonly TheAdapter _adapter;

    public CorrectedNumberTests() => _adapter = TheAdapter.Start(services => services
        .Replace(ServiceDescriptor.Singleton<IClientDirectory>(_clients)).Replace(ServiceDescriptor.Singleton<IPseudonymSource>(new HashedPseudonyms())));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task An_update_under_the_wrong_number_is_refused_with_the_ways_out_and_the_end_is_taken()
    {
        _clients.Give(1, from: 0);
        await ReportAsync(Change.Started);
        _clients.Give(1, from: 1);
        await ReadAsync();

        foreach (var change in new[] { Change.Updated, Change.Started })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => ReportAsync(change));
            Assert.Equal((StatusCode.FailedPrecondition, "CLIENT_NUMBER_CORRECTED"), (refused.StatusCode, refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason));
        }

        await ReportAsync(Change.Ended);
        await ReportAsync(Change.Started, "i-new");
    }

    [Fact]
    public async Task What_counts_for_a_stranger_is_erased_once_and_the_case_system_is_told_of_its_client()
    {
        _clients.Give(2, from: 0);
        await ReportAsync(Change.Started);
        await ReportAsync(Change.Started, "i-2", "c2");
        await ReadAsync();
        await CorrectAsync();
        Assert.Empty(_adapter.Inbox());

        _clients.Give(1, from: 5);
        await ReadAsync();
        await CorrectAsync();
        await CorrectAsync();

        var told = Assert.Single(_adapter.Inbox());
        Assert.Equal(("i-1", EndReason.NumberCorrected), (told.InvolvementEnded.OwnInvolvementId, told.InvolvementEnded.Reason));
        Assert.Equal("c1", await _adapter.Services.GetRequiredService<PseudonymIndex>().FindClientAsync(Pseudonym.Parse(told.Subject), Cancellation));
        Assert.Equal(["i-2"], Involvements());
        var erased = _adapter.Services.GetRequiredService<Outbox>().Read(10).Where(row => row.InvolvementId == "i-1").ToList();
        Assert.Equal([Change.Started, Change.Erased], erased.SkipLast(1).Select(row => InvolvementChanged.Parser.ParseFrom(row.Payload).Change));
        Assert.Empty(erased[^1].Payload);
        Assert.Equal(["1 involvements counted for another person, because their client's BSN was corrected: they are erased and the case system is told"],
            _adapter.Log.Lines.Where(line => line.Id == Corrected).Select(line => line.Text));
        Assert.Equal(3, (await ReportAsync(Change.Started)).Version);
    }

    [Fact]
    public async Task A_directory_that_gives_all_clients_another_number_makes_nothing_erased()
    {
        const int Many = 30;
        _clients.Give(Many, from: 0);
        for (var i = 1; i <= Many; i++)
        {
            await ReportAsync(Change.Started, $"i-{i}", $"c{i}");
        }

        _clients.Give(Many, from: 1);
        await ReadAsync();
        await CorrectAsync();

        Assert.Equal(Many, Involvements().Count);
        Assert.Empty(_adapter.Inbox());
        Assert.Single(_adapter.Log.Lines, line => line.Id == TooMany);
    }

    private Task ReadAsync() => _adapter.Services.GetRequiredService<PseudonymIndex>().ReadAsync(Cancellation);

    private Task CorrectAsync() => _adapter.Services.GetRequiredService<InvolvementCorrector>().CorrectAsync(Cancellation);

    private List<string> Involvements()
    {
        using var connection = _adapter.Store.OpenConnection();
        return connection.Query("SELECT involvement_id FROM involvement", row => row.GetString(0));
    }

    private async Task<ReportInvolvementResponse> ReportAsync(Change change, string id = "i-1", string client = "c1") =>
        await new CaseSystemService.CaseSystemServiceClient(_adapter.CaseSystemDoor).ReportInvolvementAsync(new ReportInvolvementRequest
        {
            ClientId = client, Change = change, InvolvementId = id, Purpose = "betrokkenheid-jeugd", Actor = "p7", ActorRole = "onderzoeker",
        }, cancellationToken: Cancellation);

    /// <summary>Clients c1, c2 and so on, with consecutive valid numbers.</summary>
    private sealed class TheClients : IClientDirectory
    {
        private static readonly string[] Numbers = [.. Enumerable.Range(100_000_000, 2_000).Select(n => $"{n}").Where(Elfproef.Holds)];
        private readonly Dictionary<string, OwnClient> _clients = [];

        public void Give(int clients, int from)
        {
            for (var i = 1; i <= clients; i++)
            {
                _clients[$"c{i}"] = new OwnClient($"c{i}", Numbers[from + i - 1]);
            }
        }

        public IAsyncEnumerable<OwnClient> ReadAllAsync(CancellationToken cancellationToken) => _clients.Values.ToList().ToAsyncEnumerable();

        public Task<OwnClient?> FindAsync(string clientId, CancellationToken cancellationToken) => Task.FromResult(_clients.GetValueOrDefault(clientId));
    }
}
