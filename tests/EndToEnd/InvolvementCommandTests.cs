using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Keten.Adapters.Sql.Tests.Support;
using Keten.Demo;
using Keten.TestKit;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.EndToEnd;

/// <summary><c>keten involvement</c> as a process of its own, against a running adapter over mTLS. The gateway is stopped: what is reported waits at the broker.</summary>
public sealed class InvolvementCommandTests(PostgreSqlCluster postgres) : IAsyncLifetime
{
    private readonly RunningFederation _running = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("keten-import-").FullName;
    private string _client = "";

    public async ValueTask InitializeAsync()
    {
        await _running.InitializeAsync();
        await _running.Federation.Hosts["gateway"].StopAsync();
        _client = Scalar("SELECT client_id FROM involvement LIMIT 1");
    }

    public async ValueTask DisposeAsync()
    {
        await _running.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_file_is_judged_imported_and_erased_again_and_what_is_wrong_is_listed_by_row_and_column_without_values()
    {
        var csv = Write("clients.csv",
            "client_id;involvement_id;facts.subject_age;started_on;shielded",
            $"{_client};imp-1;9;2026-01-05;false",
            $"{_client};imp-2;9;5-1-2026;false",
            "999991279;imp-3;9;2026-01-05;false",
            $"{_client};imp-4;9",
            $"{_client};imp-5;negen;2026-01-05;true",
            $"{_client};imp-6;9;2026-01-05;ja",
            $"{_client};\"imp\"7;9;2026-01-05;false");

        var judged = await ImportAsync(csv, 1, "--dry-run");
        Assert.Equal((7, 1, 0, 6), Counts(judged));
        Assert.Equal("0", Scalar("SELECT COUNT(*) FROM involvement WHERE involvement_id LIKE 'imp-%'"));

        var errors = Path.Combine(_directory, "errors.csv");
        Assert.Equal((7, 1, 0, 6), Counts(await ImportAsync(csv, 1, "--errors", errors)));
        Assert.Equal((7, 0, 1, 6), Counts(await ImportAsync(csv, 1)));
        var listed = (await File.ReadAllLinesAsync(errors)).Skip(1).Select(line => string.Join(',', line.Split(',').Take(3))).Order();
        Assert.Equal(
            ["2,started_on,ROW_UNREADABLE", "3,client_id,CLIENT_UNKNOWN", "4,,ROW_UNREADABLE", "5,asserted_facts,REPORT_INVALID", "6,shielded,ROW_UNREADABLE", "7,,ROW_UNREADABLE"],
            listed);
        Assert.DoesNotContain("999991279", await File.ReadAllTextAsync(errors), StringComparison.Ordinal);

        var erased = await RunAsync(0, "erase", "--involvement", "imp-1", "--json");
        Assert.Equal(1, erased.GetProperty("erased").GetInt32());
    }

    [Fact]
    public async Task An_import_that_is_killed_goes_on_where_it_was_and_notices_another_source()
    {
        const int Rows = 60_000;
        var database = Path.Combine(_directory, "own.db");
        using (var connection = new SqliteConnection($"Data Source={database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE dossier (nr INTEGER PRIMARY KEY, client TEXT); "
                + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $rows) INSERT INTO dossier SELECT i, $client FROM n";
            command.Parameters.AddWithValue("$rows", Rows);
            command.Parameters.AddWithValue("$client", _client);
            command.ExecuteNonQuery();
        }

        string[] source =
        [
            "--database", $"sqlite:{database}", "--query", "SELECT client AS client_id, 'imp-' || nr AS involvement_id, 9 AS \"facts.subject_age\" FROM dossier ORDER BY nr",
            "--import-id", "all",
        ];
        using (var killed = Start([.. Import, .. source]))
        {
            await Within.SecondsAsync(60, () => long.Parse(Scalar("SELECT COALESCE(MAX(position), 0) FROM import"), CultureInfo.InvariantCulture) is > 0 and < Rows, "the first rows");
            killed.Kill();
            await killed.WaitForExitAsync();
        }

        var there = int.Parse(Scalar("SELECT COUNT(*) FROM involvement WHERE involvement_id LIKE 'imp-%'"), CultureInfo.InvariantCulture);
        Assert.InRange(there, 1, Rows - 1);
        Assert.Equal((Rows, Rows, 0, 0), Counts(await RunAsync(0, [.. Import, .. source, "--resume"])));
        Assert.Equal("1", Scalar("SELECT MAX(version) FROM involvement WHERE involvement_id LIKE 'imp-%'"));

        source[3] = source[3].Replace("ORDER BY nr", "ORDER BY nr DESC", StringComparison.Ordinal);
        await RunAsync(2, [.. Import, .. source, "--resume"]);
    }

    [Fact]
    public async Task A_query_on_postgresql_is_read_row_by_row_and_goes_on_where_the_database_broke_off()
    {
        const int Rows = 5_000;
        const int Broken = 3_500;
        var database = await postgres.CreateDatabaseAsync();
        await PostgreSqlCluster.ExecuteAsync(database, $"""
            CREATE TABLE dossier (nr integer PRIMARY KEY, client text NOT NULL, leeftijd smallint, sinds date, geheim boolean);
            INSERT INTO dossier SELECT i, '{_client}', 9, DATE '2026-01-05' + i % 28, i % 100 = 0 FROM generate_series(1, {Rows}) i
            """);
        string[] source =
        [
            "--database", database, "--import-id", "pg", "--query",
            $"SELECT client AS client_id, 'imp-' || nr AS involvement_id, leeftijd / (CASE nr WHEN {Broken} THEN (SELECT 0) ELSE 1 END) AS \"facts.subject_age\", sinds AS started_on, geheim AS shielded FROM dossier ORDER BY nr",
        ];

        // The rows before the fault were there before it: they are not gathered first.
        var complaint = await ComplainAsync([.. Import, .. source]);
        Assert.Contains("the database broke off (22012)", complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim-wachtwoord", complaint, StringComparison.Ordinal);
        Assert.InRange(int.Parse(Scalar("SELECT COALESCE(MAX(position), 0) FROM import"), CultureInfo.InvariantCulture), 0, Broken - 1);

        source[^1] = source[^1].Replace("(SELECT 0)", "1", StringComparison.Ordinal);
        Assert.Equal((Rows, Rows, 0, 0), Counts(await RunAsync(0, [.. Import, .. source, "--resume"])));
        Assert.Equal($"{Rows}", Scalar("SELECT COUNT(*) FROM involvement WHERE involvement_id LIKE 'imp-%' AND version = 1"));
        Assert.Equal($"{Rows / 100}", Scalar("SELECT COUNT(*) FROM involvement WHERE involvement_id LIKE 'imp-%' AND shielded = 1"));
    }

    [Theory]
    [InlineData("DELETE FROM dossier RETURNING 'c' AS client_id, 'i' AS involvement_id", "read-only transaction")]
    [InlineData("SELECT client_id FROM elders", "elders")]
    public async Task A_query_that_would_write_or_does_not_exist_is_refused_and_changes_nothing(string query, string explanation)
    {
        var database = await postgres.CreateDatabaseAsync();
        await PostgreSqlCluster.ExecuteAsync(database, "CREATE TABLE dossier (nr integer); INSERT INTO dossier VALUES (1)");

        var complaint = await ComplainAsync([.. Import, "--database", database, "--query", query]);

        Assert.Contains(explanation, complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim-wachtwoord", complaint, StringComparison.Ordinal);
        Assert.Equal(1, await PostgreSqlCluster.CountAsync(database, "dossier"));
    }

    [Fact]
    public async Task A_large_result_does_not_fill_the_memory()
    {
        const int Rows = 60_000;
        var database = await postgres.CreateDatabaseAsync();
        var filler = string.Join(", ", new[] { "department", "contact_professional", "contact_desk", "contact_phone", "contact_email", "legal_frame" }.Select(c => $"repeat('x', 250) AS {c}"));
        string[] source = ["--dry-run", "--database", database, "--query", $"SELECT '{_client}' AS client_id, 'imp-' || i AS involvement_id, 9 AS \"facts.subject_age\", {filler} FROM generate_series(1, {Rows}) i"];

        using var process = Start([.. Import, .. source]);
        var said = process.StandardOutput.ReadToEndAsync();
        var peak = 0L;
        await Within.SecondsAsync(120, () =>
        {
            process.Refresh();
            peak = process.HasExited ? peak : Math.Max(peak, process.PeakWorkingSet64);
            return process.HasExited;
        }, "the import");

        Assert.Equal((Rows, Rows, 0, 0), Counts(JsonDocument.Parse(await said).RootElement));
        // As text the result alone has 180 MB.
        Assert.InRange(peak, 1, 160_000_000);
    }

    [Theory]
    [InlineData("client_id,involvement_id,bsn")]
    [InlineData("client_id,involvement_id,afdeling")]
    [InlineData("client_id")]
    [InlineData("")]
    public async Task A_file_with_other_columns_is_refused_before_anything_is_sent(string header) =>
        await ImportAsync(Write("clients.csv", header, "1,2,3"), 2);

    private static string[] Import => ["import", "--json", "--set", "purpose=betrokkenheid-jeugd", "--set", "actor=import", "--set", "actor_role=casusregisseur", "--set", "facts.subject_informed=true"];

    private Task<JsonElement> ImportAsync(string csv, int exit, params string[] more) => RunAsync(exit, [.. Import, "--csv", csv, .. more]);

    private static (long Rows, long Taken, long Unchanged, long Refused) Counts(JsonElement result) => (
        result.GetProperty("rows").GetInt64(), result.GetProperty("taken").GetInt64(), result.GetProperty("unchanged").GetInt64(), result.GetProperty("refused").GetInt64());

    private string Write(string name, params string[] lines)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private async Task<JsonElement> RunAsync(int exit, params string[] arguments)
    {
        using var process = Start(arguments);
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(process.ExitCode == exit, $"exit {process.ExitCode}: {await said} {await complained}");
        return exit == 2 ? default : JsonDocument.Parse(await said).RootElement;
    }

    private async Task<string> ComplainAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var complained = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(2, process.ExitCode);
        return await complained;
    }

    private Process Start(params string[] arguments)
    {
        var federation = _running.Federation;
        var issued = Path.Combine(Path.GetDirectoryName(federation.Authority.CertificatePath)!, "issued", _running.Scenario.Participant("wijkteam").Oin);
        var address = federation.Hosts["wijkteam"].Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
        [
            Path.Combine(AppContext.BaseDirectory, "keten.dll"), "involvement", .. arguments,
            "--adapter", address.Replace("http://", "https://", StringComparison.Ordinal), "--trust-anchors", federation.Authority.CertificatePath,
            "--revocation-list", federation.Authority.CrlPath, "--certificate", Path.Combine(issued, "cert.pem"), "--private-key", Path.Combine(issued, "key.pem"),
        ])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private string Scalar(string query)
    {
        using var connection = new SqliteConnection($"Data Source={_running.Federation.Systems["wijkteam"].AdapterDatabase};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own words.
        command.CommandText = query;
#pragma warning restore CA2100
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }
}
