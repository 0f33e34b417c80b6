using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Protocol.V1;
using Keten.TestKit;
using Microsoft.Extensions.DependencyInjection;
using TheAdapter = Keten.Adapters.Sdk.Tests.Hosting.TheAdapter;

namespace Keten.Adapters.Sdk.Tests.InvolvementExchange;

/// <summary>Rule M6 at the broker: of what is over nothing is kept longer than 30 days, and the organisation's own row stays.</summary>
public sealed class EndedInvolvementTests : IAsyncDisposable
{
    private const string Id = "zaak-1";
    private const int KeeperWasThere = 5351;
    private static readonly TimeSpan Term = TimeSpan.FromDays(30);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TheAdapter _adapter = TheAdapter.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _adapter.DisposeAsync();

    [Fact]
    public async Task The_broker_is_told_once_to_forget_what_ended_thirty_days_ago_and_the_row_stays()
    {
        await ReportAsync(Change.Started);
        await ReportAsync(Change.Ended);
        _adapter.Time.Advance(Term - Hour);
        using var keeper = ActivatorUtilities.CreateInstance<InboxKeeper>(_adapter.Services);
        await keeper.StartAsync(Cancellation);
        await RanAsync(1);
        Assert.Empty(Tombstones());

        _adapter.Time.Advance(Hour);
        await RanAsync(2);
        _adapter.Time.Advance(Hour);
        await RanAsync(3);

        var tombstone = Assert.Single(Tombstones());
        Assert.Equal((Id, ThePermit.Child.Value), (tombstone.InvolvementId, tombstone.Subject));
        Assert.Equal(3, (await ReportAsync(Change.Started)).Version);
        await keeper.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_the_gateway_ended_counts_from_then_also_when_it_says_so_twice()
    {
        await ReportAsync(Change.Started);
        await TellAsync(Ended());
        _adapter.Time.Advance(Term);
        await TellAsync(Ended());

        Assert.Equal(1, await ForgetAsync());
        await TellAsync(Ended());
        _adapter.Time.Advance(Term);
        Assert.Equal(0, await ForgetAsync());
    }

    [Fact]
    public async Task What_began_anew_meanwhile_is_not_forgotten()
    {
        await ReportAsync(Change.Started);
        await ReportAsync(Change.Ended);
        _adapter.Time.Advance(Term / 2);
        await ReportAsync(Change.Started);
        _adapter.Time.Advance(Term);

        Assert.Equal(0, await ForgetAsync());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task An_update_of_what_is_over_shows_that_it_is_not_only_when_it_is_accepted(bool accepted, int forgotten)
    {
        await ReportAsync(Change.Started);
        await ReportAsync(Change.Ended);
        await ReportAsync(Change.Updated);
        await TellAsync(Receipt(version: 3, accepted));
        _adapter.Time.Advance(Term);

        Assert.Equal(forgotten, await ForgetAsync());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_start_that_was_refused_is_kept_no_longer_than_what_is_over(bool accepted, int forgotten)
    {
        await ReportAsync(Change.Started);
        await TellAsync(Receipt(version: 1, accepted));
        _adapter.Time.Advance(Term);

        Assert.Equal(forgotten, await ForgetAsync());
    }

    [Fact]
    public async Task What_ended_before_this_was_kept_counts_from_the_migration()
    {
        var directory = Directory.CreateTempSubdirectory("keten-ended-");
        var database = Path.Combine(directory.FullName, "adapter.db");
        var current = ExchangeSchema.Current;
        using (var before = AdapterStore.Open(database, [current with { Migrations = [.. current.Migrations.Take(4)] }]))
        {
            await before.WriteAsync(transaction => transaction.Execute(
                """
                INSERT INTO involvement (involvement_id, client_id, subject, purpose, version, digest, ended)
                VALUES ('over', 'c1', 'k1.a', 'p', 2, x'', 1), ('active', 'c1', 'k1.a', 'p', 1, x'', 0)
                """), Cancellation);
        }

        using (var store = AdapterStore.Open(database, [current]))
        using (var connection = store.OpenConnection())
        {
            var (id, ended) = Assert.Single(connection.Query(
                "SELECT involvement_id, ended_at FROM involvement WHERE ended_at IS NOT NULL", r => (r.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)))));
            Assert.Equal("over", id);
            Assert.InRange(ended, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        }

        directory.Delete(recursive: true);
    }

    private List<OutboxRow> Tombstones() => [.. _adapter.Services.GetRequiredService<Outbox>().Read(100).Where(row => row.Payload.Length == 0)];

    private Task RanAsync(int times) => Within.SecondsAsync(30, () => _adapter.Log.Lines.Count(line => line.Id == KeeperWasThere) >= times, "the keeper");

    private Task<int> ForgetAsync() => _adapter.Services.GetRequiredService<InvolvementEraser>().ForgetEndedAsync(_adapter.Time.GetUtcNow() - Term, Cancellation);

    private Task<bool> TellAsync(Notification notification)
    {
        (notification.NotificationId, notification.Subject) = (Guid.NewGuid().ToString(), ThePermit.Child.Value);
        return _adapter.Store.WriteAsync(transaction => Inbox.Add(transaction, notification, _adapter.Time.GetUtcNow()), Cancellation);
    }

    private static Notification Ended() => new() { InvolvementEnded = new InvolvementEnded { OwnInvolvementId = Id, Reason = EndReason.NotConfirmed } };

    private static Notification Receipt(long version, bool accepted) => new()
    {
        Receipt = new InvolvementReceipt { InvolvementId = Id, Version = version, Accepted = accepted, ReasonCode = accepted ? "ALLOWED" : "AGE_UNKNOWN" },
    };

    private async Task<ReportInvolvementResponse> ReportAsync(Change change) =>
        await new CaseSystemService.CaseSystemServiceClient(_adapter.CaseSystemDoor).ReportInvolvementAsync(new ReportInvolvementRequest
        {
            ClientId = TheSource.ClientId, Change = change, InvolvementId = Id, Purpose = "betrokkenheid-jeugd", Actor = "p7", ActorRole = "onderzoeker",
        }, cancellationToken: Cancellation);
}
