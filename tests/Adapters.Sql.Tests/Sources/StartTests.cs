using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Adapters.Sql.Tests.Sources;

public sealed class StartTests(PostgreSqlCluster postgres) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_section_that_is_not_there_is_a_port_that_is_not_offered()
    {
        await using var source = await StartAsync(Mappings.Whole);

        Assert.Null(source.Services.GetService<IHouseholdSource>());
        Assert.NotNull(source.Services.GetService<IPersonSource>());
        Assert.Contains("offered: clients, person, involvement, facts", source.Logs.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("family_name: naam", "family_name: naan", "family_name", "table 'persoon' has no column 'naan'; did you mean 'naam'?")]
    [InlineData("concat: [nr, toevoeging]", "concat: [nr, '1; DROP TABLE persoon']", "house_number", "has no column '1; DROP TABLE persoon'")]
    [InlineData("  table: persoon\n  client", "  table: personen\n  client", "table: personen", "no such table: personen")]
    [InlineData("started_on: van", "started_on: vanaf", "started_on", "the query returns no column 'vanaf'")]
    [InlineData("SELECT z.naam, z.van", "SELECT z.naam, z.vanaf", "query:", "no such column: z.vanaf")]
    [InlineData("z.persoon_id = :client", "z.persoon_id = :client AND z.naam = @other", "query:", "the only parameter of a query is :client")]
    [InlineData("{column: id, type: integer}", "id", "client_id", "expected 'type: integer'")]
    [InlineData("SELECT z.naam, z.van", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT (SELECT COUNT(*) FROM n) AS naam, '' AS van\n    UNION ALL SELECT z.naam, z.van", "query:", "takes longer than database.command_timeout_seconds")]
    public async Task The_host_does_not_start_when_the_database_has_not_what_the_mapping_names(string from, string to, string at, string message)
    {
        var text = Mappings.With(from, to).Replace("  kind: sqlite", "  command_timeout_seconds: 1\n  kind: sqlite", StringComparison.Ordinal);

        var fault = await Assert.ThrowsAsync<MappingException>(() => StartAsync(text));

        Assert.Contains(fault.Faults, f => f.Message.Contains(message, StringComparison.Ordinal) && Math.Abs(f.Line - Mappings.LineOf(text, at)) <= 1);
    }

    [Theory]
    [InlineData("family_name: naam", "family_name: Naam", "has no column 'Naam'; did you mean 'naam'?")]
    [InlineData("  table: persoon\n  client", "  table: personen\n  client", "relation \"personen\" does not exist (42P01)")]
    [InlineData("SELECT z.naam, z.van", "SELECT z.naam, z.vanaf", "column z.vanaf does not exist (42703)")]
    [InlineData("{column: id, type: integer}", "id", "expected 'type: integer'")]
    [InlineData("SELECT z.naam, z.van", "SELECT z.naam, pg_sleep(20) AS van, z.van AS van2", null)]
    public async Task Nor_when_postgresql_has_not(string from, string to, string? message)
    {
        var connection = await postgres.CreateDatabaseAsync();
        await PostgreSqlCluster.ExecuteAsync(connection, Mappings.Schema);
        var text = Mappings.With(from, to).Replace("kind: sqlite", "kind: postgresql", StringComparison.Ordinal).Replace("Data Source=test.db", "${ALL}", StringComparison.Ordinal);
        var mapping = SqlMapping.Load(_folder.Write("mapping.yaml", text), _ => connection);

        if (message is null)
        {
            // Slow per row is not slow for a client that does not exist.
            await using var source = await RunningSource.StartAsync(mapping);
            return;
        }

        var fault = await Assert.ThrowsAsync<MappingException>(() => RunningSource.StartAsync(mapping));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_does_not_start_without_its_database()
    {
        var file = _folder.Write("mapping.yaml", Mappings.Whole);

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => RunningSource.StartAsync(file));

        Assert.Equal("database", fault.Port);
        Assert.Equal("SQLITE 14", fault.Code);
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_the_password()
    {
        var connection = (await postgres.CreateDatabaseAsync()).Replace("geheim-wachtwoord", "verkeerd-wachtwoord", StringComparison.Ordinal);
        var text = Mappings.Whole.Replace("kind: sqlite", "kind: postgresql", StringComparison.Ordinal).Replace("Data Source=test.db", "${ALL}", StringComparison.Ordinal);
        var mapping = SqlMapping.Load(_folder.Write("mapping.yaml", text), _ => connection);

        var fault = await Assert.ThrowsAsync<SourceUnavailableException>(() => RunningSource.StartAsync(mapping));

        Assert.Equal("SQLSTATE 28P01", fault.Code);
        Assert.DoesNotContain("wachtwoord", fault.ToString(), StringComparison.Ordinal);
    }

    private Task<RunningSource> StartAsync(string mapping)
    {
        SqliteFile.Execute(_folder.File("test.db"), Mappings.Schema);
        return RunningSource.StartAsync(_folder.Write("mapping.yaml", mapping));
    }
}
