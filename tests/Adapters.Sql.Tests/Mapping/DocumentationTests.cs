using System.Text.Json;
using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sql.Mapping;
using Keten.Adapters.Sql.Tests.Support;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sql.Tests.Mapping;

public sealed class DocumentationTests(PostgreSqlCluster postgres) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_example_of_the_page_for_integration_engineers_loads()
    {
        var mapping = SqlMapping.Load(_folder.Write("mapping.yaml", Block("yaml")), name => name == "KETEN_DB_PASSWORD" ? "x" : null);

        Assert.Equal(["clients", "person", "household", "involvement", "plan", "crisis_intake", "facts"], mapping.Sections);
    }

    [Fact]
    public async Task The_example_reads_the_tables_it_is_written_for()
    {
        var connection = await postgres.CreateDatabaseAsync();
        await PostgreSqlCluster.ExecuteAsync(connection, Block("sql"));
        var text = Block("yaml");
        var example = text.Split('\n').Single(l => l.StartsWith("  connection:", StringComparison.Ordinal));
        var file = _folder.Write("mapping.yaml", text.Replace(example, "  connection: ${ALL}", StringComparison.Ordinal));
        await using var source = await RunningSource.StartAsync(SqlMapping.Load(file, _ => connection));

        var person = await source.Person.GetAsync("1001", TestContext.Current.CancellationToken);
        var facts = await source.Facts.GetAsync("1001", TestContext.Current.CancellationToken);

        Assert.Equal(("Linde", "female", "1989-03-12", "0402"), (person!.FamilyName, person.Gender, person.BirthDate, person.MunicipalityCode));
        Assert.Equal((false, true), (facts.SecretAddress, facts.States["measure_active"]));
        Assert.Single(await source.Household.GetAsync("1001", TestContext.Current.CancellationToken));
        Assert.Equal("Wijkteam Waterveld-Oost", Assert.Single(await source.Involvement.GetAsync("1001", TestContext.Current.CancellationToken)).Organisation);
        Assert.Equal(["Rust in huis", "Rust in huis"], (await source.Plan.GetAsync("1001", TestContext.Current.CancellationToken)).Select(item => item.Goal));
        Assert.Equal(
            new CrisisIntake
            {
                IntakeId = "31", ReceivedAt = "2026-03-03T22:10:00Z", CrisisLevel = "orange", Criteria = { "dreiging", "kind aanwezig" }, ChildrenPresent = true,
                Narrative = "Buren hoorden geschreeuw",
            },
            Assert.Single(await source.CrisisIntakes.GetAsync("1001", TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("person")]
    [InlineData("household")]
    [InlineData("involvement")]
    [InlineData("plan")]
    [InlineData("crisis_intake")]
    [InlineData("facts")]
    public void The_schema_for_editors_knows_the_same_fields(string section)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), "src/Adapters/Sql/sql-mapping.schema.json")));
        var columns = schema.RootElement.GetProperty("properties").GetProperty(section).GetProperty("properties").GetProperty("columns").GetProperty("properties");
        var catalogue = section switch
        {
            "person" => FieldCatalogue.Person,
            "household" => FieldCatalogue.Household,
            "involvement" => FieldCatalogue.Involvement,
            "plan" => FieldCatalogue.Plan,
            "crisis_intake" => FieldCatalogue.CrisisIntake,
            _ => FieldCatalogue.Facts,
        };

        Assert.Equal(catalogue.Keys.Order(), columns.EnumerateObject().Select(p => p.Name).Where(n => n != "states").Order());
    }

    private static string Block(string language)
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs/sql-mapping.md"));
        var start = text.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return text[start..text.IndexOf("\n```", start, StringComparison.Ordinal)];
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "KetenGateway.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
