using Keten.Adapters.Sdk.InvolvementExchange;
using Keten.Adapters.Sdk.Storage;
using Microsoft.Data.Sqlite;

namespace Keten.Adapters.Sdk.Tests.Involvement;

public sealed class AdapterStoreTests : IDisposable
{
    private static readonly AdapterSchema First = new("notes", ["CREATE TABLE note (text TEXT NOT NULL) STRICT"]);

    private readonly string _directory = Directory.CreateTempSubdirectory("keten-store-").FullName;

    private string Database => Path.Combine(_directory, "adapter.db");

    [Fact]
    public async Task Other_parts_add_their_tables_and_later_versions_change_them()
    {
        using (var store = AdapterStore.Open(Database, [First]))
        {
            await AddAsync(store, "INSERT INTO note (text) VALUES ('kept')");
        }

        using var later = AdapterStore.Open(Database, [First with { Migrations = [.. First.Migrations, "ALTER TABLE note ADD COLUMN author TEXT"] }]);
        await AddAsync(later, "INSERT INTO note (text, author) VALUES ('new', 'me')");
        Assert.Equal(2, Count(later));
    }

    [Fact]
    public async Task A_transaction_that_fails_has_not_happened_and_the_next_one_goes_on()
    {
        using var store = AdapterStore.Open(Database, [First]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync<int>(transaction =>
        {
            Run(transaction, "INSERT INTO note (text) VALUES ('lost')");
            throw new InvalidOperationException();
        }, CancellationToken.None));
        await AddAsync(store, "INSERT INTO note (text) VALUES ('kept')");

        Assert.Equal(1, Count(store));
    }

    [Fact]
    public async Task Many_writers_at_once_do_not_fail_on_a_lock()
    {
        using var store = AdapterStore.Open(Database, [First]);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => AddAsync(store, "INSERT INTO note (text) VALUES ('x')"))));

        Assert.Equal(50, Count(store));
    }

    [Fact]
    public void The_involvements_of_a_person_are_found_without_reading_all_of_them()
    {
        using var store = AdapterStore.Open(Database, [ExchangeSchema.Current]);
        using var connection = store.OpenConnection();

        var plan = connection.Query(
            $"EXPLAIN QUERY PLAN SELECT 1 FROM involvement WHERE {Subjects.Condition}", row => row.GetString(3), ("$subject", "k1.abc"));

        Assert.Contains(plan, step => step.Contains("involvement_by_subject", StringComparison.Ordinal));
        Assert.Contains(plan, step => step.Contains("involvement_by_other_subject", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal));
    }

    [Fact]
    public void A_database_of_a_newer_adapter_is_refused()
    {
        using (AdapterStore.Open(Database, [First with { Migrations = [.. First.Migrations, "SELECT 1"] }]))
        {
        }

        var failure = Assert.Throws<InvalidOperationException>(() => AdapterStore.Open(Database, [First]));
        Assert.Contains("version 2 of 'notes'", failure.Message);
    }

    [Fact]
    public void A_path_that_cannot_be_used_is_named()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => AdapterStore.Open(Path.Combine(_directory, "no", "such.db"), []));
        Assert.Contains("such.db", failure.Message);
    }

    [Fact]
    public void Only_the_adapters_own_account_may_read_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("File modes are for Unix.");
            return;
        }

        using var store = AdapterStore.Open(Database, [First]);
        foreach (var file in Directory.GetFiles(_directory))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Task<int> AddAsync(AdapterStore store, string sql) => store.WriteAsync(t => Run(t, sql), CancellationToken.None);

    private static int Run(SqliteTransaction transaction, string sql)
    {
        using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    private static long Count(AdapterStore store)
    {
        using var connection = store.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM note";
        return (long)command.ExecuteScalar()!;
    }
}
