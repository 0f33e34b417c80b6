using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Logbook;
using Keten.Adapters.Sdk.Storage;
using Keten.Adapters.Sdk.Tests.Hosting;
using Keten.Contracts.Identifiers;
using Keten.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keten.Adapters.Sdk.Tests.Disclosure;

public sealed class DisclosureLogTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keten-disclosures-").FullName;
    private AdapterStore _store = null!;
    private DisclosureLog _log = null!;

    public ValueTask InitializeAsync() => OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_is_acknowledged_can_be_read_at_once()
    {
        var record = Disclosed(ThePermit.For());
        Assert.True(await RecordAsync(record));
        using var connection = _store.OpenConnection();
        var row = Assert.Single(connection.Query(
            "SELECT decision_id, caller_oin, subject, fields, obligations, retention_days, allowed FROM disclosure",
            r => (r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt32(5), r.GetBoolean(6))));
        Assert.Equal((record.Permit.DecisionId, ThePermit.Caller, ThePermit.Child.Value, """["city"]""", """["log-disclosure"]""", 90, true), row);
    }

    [Fact]
    public async Task The_same_decision_and_sequence_is_recorded_once_also_after_the_database_is_opened_again()
    {
        var record = Disclosed(ThePermit.For());
        Assert.True(await RecordAsync(record));
        Assert.False(await RecordAsync(record));
        Assert.True(await RecordAsync(record with { Sequence = 1 }));
        await CloseAsync();
        await OpenAsync();
        Assert.False(await RecordAsync(record));
        Assert.False(await RecordAsync(record with { Sequence = 1 }));
        Assert.Equal(2, Count());
    }

    [Fact]
    public async Task Of_many_writers_of_one_decision_at_the_same_time_one_wins()
    {
        var record = Disclosed(ThePermit.For());
        var won = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => RecordAsync(record))));
        Assert.Equal(1, won.Count(w => w));
        Assert.Equal(1, Count());
    }

    [Fact]
    public async Task Many_writers_at_the_same_time_each_get_their_record()
    {
        var records = Enumerable.Range(0, 2_000).Select(_ => Disclosed(ThePermit.For())).ToArray();
        var written = await Task.WhenAll(records.Select(r => Task.Run(() => RecordAsync(r))));
        Assert.All(written, Assert.True);
        Assert.Equal(records.Length, Count());
    }

    [Fact]
    public async Task A_closed_log_takes_nothing_and_says_so()
    {
        await _log.StopAsync(CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(() => RecordAsync(Disclosed(ThePermit.For())));
        Assert.Equal(0, Count());
    }

    [Fact]
    public async Task A_log_that_was_stopped_before_its_writer_ran_takes_nothing_and_says_so()
    {
        using var never = new DisclosureLog(_store, NullLogger<DisclosureLog>.Instance);
        var waiting = never.RecordAsync(Disclosed(ThePermit.For()), CancellationToken.None);
        await never.StopAsync(CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(10)));
        await Assert.ThrowsAsync<IOException>(() => never.RecordAsync(Disclosed(ThePermit.For()), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Writers_are_told_when_it_closes_and_what_was_acknowledged_is_there()
    {
        var acknowledged = 0;
        var writers = Enumerable.Range(0, 1_000).Select(_ => Task.Run(async () =>
        {
            if (await RecordAsync(Disclosed(ThePermit.For())))
            {
                Interlocked.Increment(ref acknowledged);
            }
        })).ToArray();
        await _log.StopAsync(CancellationToken.None);
        await Task.WhenAll(writers.Select(async w => Assert.True(await Record.ExceptionAsync(() => w.WaitAsync(TimeSpan.FromSeconds(10))) is null or IOException)));
        Assert.True(Count() >= acknowledged);
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_is_an_IOException_and_the_log_goes_on_when_it_can()
    {
        Execute("DROP TABLE disclosure");
        var fault = await Assert.ThrowsAsync<IOException>(() => RecordAsync(Disclosed(ThePermit.For())));
        Assert.Contains("nothing was disclosed", fault.Message, StringComparison.Ordinal);
        Execute(string.Join(";\n", DisclosureLog.Schema.Migrations));
        Assert.True(await RecordAsync(Disclosed(ThePermit.For())));
    }

    private static DisclosureRecord Disclosed(Decision permit) => new()
    {
        Permit = permit, Sequence = 0, Span = new TraceSpan(new string('a', 32), new string('b', 16), new string('c', 16)),
        StartedAt = ThePermit.Moment - TimeSpan.FromMilliseconds(7), OccurredAt = ThePermit.Moment, Allowed = true, ReasonCode = "ALLOWED", CallerCode = "ALLOWED", Fields = ["city"],
        Obligations = ["log-disclosure"], RetentionDays = 90,
    };

    private Task<bool> RecordAsync(DisclosureRecord record) => _log.RecordAsync(record, TestContext.Current.CancellationToken);

    private async ValueTask OpenAsync()
    {
        _store = AdapterStore.Open(Path.Combine(_directory, "adapter.db"), [DisclosureLog.Schema]);
        _log = new DisclosureLog(_store, NullLogger<DisclosureLog>.Instance);
        await _log.StartAsync(CancellationToken.None);
    }

    private async Task CloseAsync()
    {
        await _log.StopAsync(CancellationToken.None);
        _log.Dispose();
        _store.Dispose();
    }

    private long Count()
    {
        using var connection = _store.OpenConnection();
        return connection.Query("SELECT COUNT(*) FROM disclosure", r => r.GetInt64(0)).Single();
    }

    private void Execute(string sql)
    {
        using var connection = _store.OpenConnection();
        using var transaction = connection.BeginTransaction();
        transaction.Execute(sql);
        transaction.Commit();
    }
}
