using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Tests.Support;
using Keten.Protocol.V1;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Keten.Adapters.Sql.Tests.Sources;

/// <summary>The same cases on both databases.</summary>
public sealed class ReadingTests(PostgreSqlCluster postgres) : IDisposable
{
    private const string Rows = """
        INSERT INTO persoon (id, bsn, naam, geslacht, geboren, tolk, geheim, nr, toevoeging) VALUES
          (7, '999912008', ' Linde ', 'V', '12031989', 'J', 'J', 14, 'a'),
          (8, '999912021', 'Haverkamp', 'm', '00001986', NULL, NULL, 3, NULL),
          (9, NULL, '', '?', 'morgen', 'N', '?', NULL, NULL),
          (10, '999999999', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
          (11, '000000000', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        INSERT INTO zaak (id, persoon_id, naam, van) VALUES (1, 7, 'oud', '2024-01-01'), (2, 7, 'zonder', NULL), (3, 7, 'nieuw', '2026-01-01');
        """;

    private readonly TempFolder _folder = new();
    private string? _postgres;

    public static TheoryData<string> Kinds => new("sqlite", "postgresql");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_row_becomes_a_person_as_the_mapping_says(string kind)
    {
        await using var source = await StartAsync(kind);

        var person = await source.Person.GetAsync("7", TestContext.Current.CancellationToken);

        Assert.Equal(
            new Person { FamilyName = "Linde", Gender = "female", BirthDate = "1989-03-12", InterpreterNeeded = true, HouseNumber = "14-a", City = "Waterveld" },
            person);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_empty_or_incomplete_value_is_absent_and_nobody_is_alarmed(string kind)
    {
        await using var source = await StartAsync(kind);

        var person = await source.Person.GetAsync("8", TestContext.Current.CancellationToken);

        Assert.Equal(new Person { FamilyName = "Haverkamp", Gender = "male", InterpreterNeeded = false, HouseNumber = "3", City = "Waterveld" }, person);
        Assert.DoesNotContain(source.Logs.Lines, l => l.Level >= LogLevel.Warning);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_value_the_mapping_does_not_know_is_left_out_and_told_without_the_value(string kind)
    {
        await using var source = await StartAsync(kind);

        var person = await source.Person.GetAsync("9", TestContext.Current.CancellationToken);

        Assert.Equal(new Person { InterpreterNeeded = false, City = "Waterveld" }, person);
        Assert.Equal(2, source.Logs.Lines.Count(l => l.Level == LogLevel.Warning));
        Assert.DoesNotContain("morgen", source.Logs.All, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_fact_the_mapping_does_not_know_refuses_the_call(string kind)
    {
        await using var source = await StartAsync(kind);

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Facts.GetAsync("9", TestContext.Current.CancellationToken));

        Assert.Equal(("facts", "value"), (fault.Port, fault.Code));
        Assert.Contains("facts.columns.secret_address", fault.Message, StringComparison.Ordinal);
        Assert.True((await source.Facts.GetAsync("7", TestContext.Current.CancellationToken)).SecretAddress);
        Assert.Null((await source.Facts.GetAsync("8", TestContext.Current.CancellationToken)).SecretAddress);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Involvements_come_newest_first(string kind)
    {
        await using var source = await StartAsync(kind);

        var all = await source.Involvement.GetAsync("7", TestContext.Current.CancellationToken);

        Assert.Equal(["nieuw", "oud", "zonder"], all.Select(i => i.Organisation));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Only_clients_with_a_real_number_are_clients_to_others(string kind)
    {
        await using var source = await StartAsync(kind);

        var all = await source.Clients.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([new Client("7", "999912008"), new Client("8", "999912021")], all);
        Assert.Contains("2 clients have a number that is no BSN", source.Logs.All, StringComparison.Ordinal);
        Assert.Equal("999912021", (await source.Clients.FindAsync("8", TestContext.Current.CancellationToken))!.Bsn);
        Assert.Null(await source.Clients.FindAsync("9", TestContext.Current.CancellationToken));
    }

    [Theory]
    [CombinatorialIds]
    public async Task An_id_is_only_ever_a_value(string kind, string type, string id)
    {
        await using var source = await StartAsync(kind, type == "text" ? TextIds : Mappings.Whole, type);

        Assert.Null(await source.Clients.FindAsync(id, TestContext.Current.CancellationToken));
        Assert.Null(await source.Person.GetAsync(id, TestContext.Current.CancellationToken));
        Assert.Empty(await source.Involvement.GetAsync(id, TestContext.Current.CancellationToken));
        Assert.Equal(PersonFacts.Unknown, await source.Facts.GetAsync(id, TestContext.Current.CancellationToken));
        Assert.NotNull(await source.Person.GetAsync("7", TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Writing_on_a_reading_connection_fails(string kind)
    {
        await using var source = await StartAsync(kind);
        await using var connection = await source.Services.GetRequiredService<SqlDatabase>().OpenAsync(TestContext.Current.CancellationToken);
        foreach (var sql in (string[])["DELETE FROM persoon", "CREATE TABLE x (y INTEGER)", "UPDATE persoon SET naam = 'x'"])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;

            var fault = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

            Assert.True(fault is SqliteException { SqliteErrorCode: 8 } or PostgresException { SqlState: "25006" });
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Two_rows_for_one_person_are_refused_unless_the_mapping_says_which_comes_first(string kind)
    {
        var joined = Mappings.With("  client: id\n  columns:\n    family_name: naam", "  client: id\n  joins: [{table: zaak, on: {persoon_id: id}}]\n  columns:\n    family_name: zaak.naam");
        await using (var source = await StartAsync(kind, joined))
        {
            var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("7", TestContext.Current.CancellationToken));
            Assert.Contains("order_by", fault.Message, StringComparison.Ordinal);
        }

        await using var ordered = await StartAsync(kind, joined.Replace("  joins:", "  order_by: [zaak.id desc]\n  joins:", StringComparison.Ordinal));
        Assert.Equal("nieuw", (await ordered.Person.GetAsync("7", TestContext.Current.CancellationToken))!.FamilyName);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_slow_query_ends_at_its_time_limit_or_when_the_caller_leaves(string kind)
    {
        var slow = kind == "sqlite"
            ? "WITH RECURSIVE n(i) AS (SELECT 1 WHERE :client IS NOT NULL UNION ALL SELECT i + 1 FROM n)\n    SELECT CAST(COUNT(*) AS TEXT) AS naam, NULL AS van FROM n"
            : "SELECT 'x' AS naam, CAST(pg_sleep(60) AS VARCHAR) AS van FROM persoon p WHERE p.id = :client";
        var text = Mappings.With("SELECT z.naam, z.van\n    FROM zaak z\n    WHERE z.persoon_id = :client", slow)
            .Replace("  kind: sqlite", "  command_timeout_seconds: 1\n  kind: sqlite", StringComparison.Ordinal);
        await using var source = await StartAsync(kind, text);

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Involvement.GetAsync("7", TestContext.Current.CancellationToken));
        Assert.True(fault.Code is "timeout" or "SQLSTATE 57014", fault.Code);

        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.Involvement.GetAsync("7", caller.Token));
        Assert.NotNull(await source.Person.GetAsync("7", TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_database_that_goes_away_is_one_typed_error_and_comes_back(string kind)
    {
        await using var source = await StartAsync(kind);
        Assert.NotNull(await source.Person.GetAsync("7", TestContext.Current.CancellationToken));
        await LoseAsync(kind);

        var faults = new[]
        {
            await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("7", TestContext.Current.CancellationToken)),
            await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Facts.GetAsync("7", TestContext.Current.CancellationToken)),
            await Assert.ThrowsAsync<SourceUnavailableException>(async () => await source.Clients.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync()),
        };

        Assert.Equal(["person", "facts", "clients"], faults.Select(f => f.Port));
        Assert.All(faults, f => Assert.Null(f.InnerException));
        Assert.All(faults, f => Assert.DoesNotContain("SELECT", f.ToString(), StringComparison.Ordinal));

        await RestoreAsync(kind, "UPDATE persoon SET naam = 'Terug' WHERE id = 7");
        Assert.Equal("Terug", (await source.Person.GetAsync("7", TestContext.Current.CancellationToken))!.FamilyName);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_table_that_lost_a_column_since_the_start_is_one_typed_error(string kind)
    {
        await using var source = await StartAsync(kind, Mappings.With("SELECT z.naam, z.van\n", "SELECT z.*\n"));
        Assert.NotEmpty(await source.Involvement.GetAsync("7", TestContext.Current.CancellationToken));

        await ExecuteAsync(kind, "ALTER TABLE zaak RENAME COLUMN van TO vanaf; ALTER TABLE persoon RENAME COLUMN naam TO achternaam");

        var faults = new[]
        {
            await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Involvement.GetAsync("7", TestContext.Current.CancellationToken)),
            await Assert.ThrowsAsync<SourceUnavailableException>(() => source.Person.GetAsync("7", TestContext.Current.CancellationToken)),
        };
        Assert.Equal(["shape", kind == "sqlite" ? "SQLITE 1" : "SQLSTATE 42703"], faults.Select(f => f.Code));
    }

    [Theory]
    [InlineData("sqlite", 200_000)]
    [InlineData("postgresql", 30_000)]
    public async Task Reading_all_clients_takes_bounded_memory_and_misses_none(string kind, int count)
    {
        await using var source = await StartAsync(kind);
        var bsn = string.Join(',', Enumerable.Range(0, 100).Select(n => $"({n},'{The.Bsn(n)}')"));
        await ExecuteAsync(kind, $"""
            CREATE TABLE nummer (n INTEGER, bsn VARCHAR(9));
            INSERT INTO nummer VALUES {bsn};
            WITH RECURSIVE r(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM r WHERE i < {count + 99})
            INSERT INTO persoon (id, bsn) SELECT r.i, nummer.bsn FROM r JOIN nummer ON nummer.n = r.i % 100;
            """);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (seen, last, most) = (0, 0L, 0L);

        await foreach (var client in source.Clients.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            var id = long.Parse(client.ClientId);
            Assert.True(id > last);
            last = id;
            if (++seen % 25_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(count + 2, seen);
        Assert.True(most < 8_000_000, $"{most} bytes held");
    }

    [Fact]
    public async Task The_organisation_can_write_while_all_clients_are_being_read()
    {
        await using var source = await StartAsync("sqlite");
        await using var reader = source.Clients.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await reader.MoveNextAsync());

        SqliteFile.Execute(_folder.File("test.db"), "PRAGMA busy_timeout = 0; UPDATE persoon SET naam = 'Nieuw' WHERE id = 7");

        Assert.True(await reader.MoveNextAsync());
    }

    [Fact]
    public async Task Dates_uuids_booleans_and_filled_up_ids_of_postgresql_are_understood()
    {
        _postgres = await postgres.CreateDatabaseAsync();
        await PostgreSqlCluster.ExecuteAsync(_postgres, """
            CREATE SCHEMA "Zaak";
            CREATE TYPE geslacht AS ENUM ('man', 'vrouw');
            CREATE TABLE "Zaak"."Cliënt" (id UUID PRIMARY KEY, bsn INTEGER, "Geboren op" DATE, sinds TIMESTAMPTZ, tolk BOOLEAN, sexe geslacht, code NUMERIC(4));
            CREATE TABLE "Zaak".kort (id CHAR(6) PRIMARY KEY, bsn CHAR(9));
            INSERT INTO "Zaak"."Cliënt" VALUES ('0198c9f1-1111-7222-8333-444455556666', 10000008, '1989-03-12', '2026-01-11 23:30:00Z', TRUE, 'vrouw', 402);
            INSERT INTO "Zaak".kort VALUES ('a1', '999912008');
            """);
        var text = """
            version: 1
            database: {kind: postgresql, connection: '${ALL}'}
            clients: {table: Zaak.Cliënt, columns: {client_id: {column: id, type: uuid}, bsn: bsn}}
            person:
              table: Zaak.Cliënt
              as: c
              client: c.id
              columns:
                birth_date: Geboren op
                interpreter_needed: c.tolk
                gender: {column: c.sexe, map: {man: male, vrouw: female}}
                municipality_code: {column: code, pad: 4}
            involvement: {table: Zaak.Cliënt, client: id, where: {sexe: vrouw}, columns: {started_on: sinds}}
            """;
        const string Id = "0198c9f1-1111-7222-8333-444455556666";
        await using var source = await RunningSource.StartAsync(SqlMapping.Load(_folder.Write("mapping.yaml", text), _ => _postgres));

        Assert.Equal(
            new Person { BirthDate = "1989-03-12", InterpreterNeeded = true, Gender = "female", MunicipalityCode = "0402" },
            await source.Person.GetAsync(Id, TestContext.Current.CancellationToken));
        Assert.Equal("2026-01-12", Assert.Single(await source.Involvement.GetAsync(Id, TestContext.Current.CancellationToken)).StartedOn);
        Assert.Equal(new Client(Id, "010000008"), await source.Clients.FindAsync(Id, TestContext.Current.CancellationToken));
        Assert.Null(await source.Clients.FindAsync(Id.ToUpperInvariant(), TestContext.Current.CancellationToken));

        var filled = "version: 1\ndatabase: {kind: postgresql, connection: '${ALL}'}\nclients: {table: Zaak.kort, columns: {client_id: id, bsn: bsn}}\n";
        await using var shortIds = await RunningSource.StartAsync(SqlMapping.Load(_folder.Write("kort.yaml", filled), _ => _postgres));
        Assert.Equal("a1", (await shortIds.Clients.FindAsync("a1", TestContext.Current.CancellationToken))!.ClientId);
    }

    private static string TextIds => Mappings.With("{column: id, type: integer}", "id");

    private async Task<RunningSource> StartAsync(string kind, string? mapping = null, string idType = "integer")
    {
        var schema = idType == "text" ? Mappings.Schema.Replace("id BIGINT", "id VARCHAR(40)", StringComparison.Ordinal).Replace("_id BIGINT", "_id VARCHAR(40)", StringComparison.Ordinal) : Mappings.Schema;
        _postgres ??= kind == "postgresql" ? await postgres.CreateDatabaseAsync() : null;
        if (kind == "sqlite" && File.Exists(_folder.File("test.db")))
        {
            File.Delete(_folder.File("test.db"));
        }

        await ExecuteAsync(kind, "DROP TABLE IF EXISTS zaak; DROP TABLE IF EXISTS persoon;" + schema + Rows);
        var text = mapping ?? Mappings.Whole;
        var file = _folder.Write("mapping.yaml", kind == "sqlite" ? text
            : text.Replace("kind: sqlite", "kind: postgresql", StringComparison.Ordinal).Replace("Data Source=test.db", "${ALL}", StringComparison.Ordinal));
        return await RunningSource.StartAsync(SqlMapping.Load(file, _ => _postgres?.Replace("Pooling=false", "Maximum Pool Size=3", StringComparison.Ordinal)));
    }

    private async Task ExecuteAsync(string kind, string sql)
    {
        if (kind == "sqlite")
        {
            SqliteFile.Execute(_folder.File("test.db"), sql);
        }
        else
        {
            await PostgreSqlCluster.ExecuteAsync(_postgres!, sql);
        }
    }

    private async Task LoseAsync(string kind)
    {
        if (kind == "sqlite")
        {
            File.Move(_folder.File("test.db"), _folder.File("gone.db"));
        }
        else
        {
            var name = new NpgsqlConnectionStringBuilder(_postgres).Database!;
            await PostgreSqlCluster.ExecuteAsync(
                Maintenance(),
                $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'; ALTER DATABASE {name} RENAME TO {name}_gone");
        }
    }

    private async Task RestoreAsync(string kind, string sql)
    {
        if (kind == "sqlite")
        {
            // A copy: another file under the old name, as from a backup.
            File.Copy(_folder.File("gone.db"), _folder.File("test.db"));
        }
        else
        {
            var name = new NpgsqlConnectionStringBuilder(_postgres).Database!;
            await PostgreSqlCluster.ExecuteAsync(Maintenance(), $"ALTER DATABASE {name}_gone RENAME TO {name}");
        }

        await ExecuteAsync(kind, sql);
    }

    private string Maintenance() => new NpgsqlConnectionStringBuilder(_postgres) { Database = "postgres" }.ConnectionString;

    private sealed class CombinatorialIdsAttribute : Xunit.v3.DataAttribute
    {
        private static readonly string[] Ids =
            ["7 OR 1=1", "' OR '1'='1", "7'; DROP TABLE persoon; --", "\" OR 1=1 --", "7\0", " 7", "07", "7.0", "+7", "0x7", "%", "", "99999999999999999999", ":client", "７"];

        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
            new([.. from kind in new[] { "sqlite", "postgresql" }
                    from type in new[] { "integer", "text" }
                    from id in Ids
                    select new TheoryDataRow(kind, type, id)]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
