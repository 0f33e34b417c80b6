using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sql.Tests.Support;

namespace Keten.Adapters.Sql.Tests.Mapping;

public sealed class MappingFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>What is written, what for, on which line the fault is told, and what is said.</summary>
    public static TheoryData<string, string, string, string> Broken => new()
    {
        { "version: 1", "version: 2", "version", "expected 1" },
        { "version: 1\n", "", "database", "version: missing" },
        { "kind: sqlite", "kind: sqllite", "kind:", "did you mean 'sqlite'?" },
        { "kind: sqlite", "kind: oracle", "kind:", "expected one of postgresql, sqlite" },
        { "connection: Data Source=test.db", "connection: ${NOT_SET_ANYWHERE}", "connection", "environment variable NOT_SET_ANYWHERE is not set" },
        { "connection: Data Source=test.db", "connection: 'Data Source=:memory:'", "connection", "not a SQLite connection" },
        { "connection: Data Source=test.db", "connection: 'Password=hush;Sauce=1'", "connection", "not a SQLite connection" },
        { "  kind: sqlite", "  time_zone: Mars/Olympus\n  kind: sqlite", "time_zone", "expected an IANA name" },
        { "  kind: sqlite", "  command_timeout_seconds: 0\n  kind: sqlite", "command_timeout", "expected whole seconds, 1 to 300" },
        { "    family_name: naam", "    familyname: naam", "familyname", "no such field for person; did you mean 'family_name'?" },
        { "    family_name: naam", "    bsn: bsn", "bsn: bsn\n    gender", "no such field for person" },
        { "    organisation: naam", "    street: naam", "street", "no such field for involvement" },
        { "person:\n", "persons:\n", "persons:", "did you mean 'person'?" },
        { "  client: id\n  columns:\n    family", "  columns:\n    family", "table: persoon\n  columns:\n    family", "person.client: missing" },
        { "  table: persoon\n  client", "  table: persoon\n  query: SELECT 1\n  client", "table: persoon\n  query", "expected either 'table' or 'query'" },
        { "map: {M: male", "map: {M: man", "gender", "not a value of gender" },
        { "map: {M: male", "map: {v: other, M: male", "gender", "is there already" },
        { "map: {J: true, N: false}, when_null", "map: {J: yes}, when_null", "interpreter", "expected true or false" },
        { "date: ddmmyyyy", "date: ddmmyy", "birth_date", "yyyymmdd, ddmmyyyy or dd-mm-yyyy" },
        { "{constant: Waterveld}", "{constant: Waterveld, column: naam}", "city", "expected one of 'column', 'constant' or 'concat'" },
        { "{constant: Waterveld}", "{constant: Waterveld, padd: 3}", "city", "did you mean 'pad'?" },
        { "{constant: Waterveld}", "{column: woning.plaats}", "city", "no table 'woning' in this section" },
        { "{constant: Waterveld}", "[a]", "city", "expected keys with values" },
        { "{constant: Waterveld}", "", "city", "expected a value" },
        { "type: integer", "type: number", "client_id", "expected text, integer or uuid" },
        { "    bsn: bsn\n", "", "client_id", "clients.columns.bsn: missing" },
        { "    SELECT z.naam, z.van", "    DELETE FROM zaak", "query", "begins with SELECT or WITH" },
        { "    SELECT z.naam, z.van", "    WITH x AS (DELETE FROM zaak RETURNING *) SELECT z.naam, z.van", "query", "'DELETE' does not belong" },
        { "z.persoon_id = :client", "z.persoon_id = 1", "query", "expected the parameter :client" },
        { "z.persoon_id = :client", "z.persoon_id = ':client'", "query", "expected the parameter :client" },
        { "z.persoon_id = :client", "z.persoon_id = :client -- the ; in here is no fault\n    ; DROP TABLE zaak", "query", "found a semicolon inside" },
        { "z.persoon_id = :client", "z.persoon_id = :clientid", "query", "no parameter ':clientid'" },
        { "z.persoon_id = :client", "z.persoon_id = :client AND z.naam = 'x", "query", "is not closed" },
        { "    secret_address:", "    states: {Measure: geheim}\n    secret_address:", "states", "lower-case letters" },
        { "    secret_address:", "    secret_adress:", "secret_adress", "did you mean 'secret_address'?" },
        { "facts:\n", "plan:\n  table: persoon\n  client: id\n  columns:\n    version: {constant: drie}\nfacts:\n", "version: {", "expected a whole number" },
        { "facts:\n", "crisis_intake:\n  table: persoon\n  client: id\n  columns:\n    received_at: {constant: 2026-03-03}\nfacts:\n", "received_at", "expected a date and time" },
        { "facts:\n", "crisis_intake:\n  table: persoon\n  client: id\n  columns:\n    criteria: {column: naam, separator: ;}\nfacts:\n", "criteria", "expected one of column, constant, split" },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_whole_mapping_loads_and_names_what_it_offers()
    {
        var mapping = SqlMapping.Load(_folder.Write("mapping.yaml", Mappings.Whole));

        Assert.Equal(["clients", "person", "involvement", "facts"], mapping.Sections);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_fault_is_told_with_file_line_and_what_was_expected(string from, string to, string at, string message)
    {
        var text = Mappings.With(from, to);
        var file = _folder.Write("mapping.yaml", text);

        var fault = Assert.Throws<MappingException>(() => SqlMapping.Load(file));

        var line = Mappings.LineOf(text, at);
        Assert.Contains(fault.Faults, f => $"{f.Key}: {f.Message}".Contains(message, StringComparison.Ordinal) && Math.Abs(f.Line - line) <= 1);
        Assert.Contains($"{file}:", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_together()
    {
        var text = Mappings.With("family_name", "famly_name").Replace("M: male", "M: mail", StringComparison.Ordinal).Replace("kind: sqlite", "kind: x", StringComparison.Ordinal);

        var fault = Assert.Throws<MappingException>(() => SqlMapping.Load(_folder.Write("mapping.yaml", text)));

        Assert.Equal(3, fault.Faults.Count);
        Assert.Equal(fault.Faults.Select(f => f.Line).Order(), fault.Faults.Select(f => f.Line));
    }

    [Theory]
    [InlineData("a: [1", 1)]
    [InlineData("version: 1\nversion: 1", 2)]
    [InlineData("", 1)]
    [InlineData("- a", 1)]
    public void What_is_no_mapping_at_all_is_told_with_a_line(string text, int line)
    {
        var fault = Assert.Throws<MappingException>(() => SqlMapping.Load(_folder.Write("mapping.yaml", text)));

        Assert.Contains(fault.Faults, f => f.Line >= line);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_by_name()
    {
        var fault = Assert.Throws<MappingException>(() => SqlMapping.Load(_folder.File("absent.yaml")));

        Assert.Contains("absent.yaml:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_prints_no_connection()
    {
        var mapping = SqlMapping.Load(_folder.Write("mapping.yaml", Mappings.With("Data Source=test.db", "Data Source=${WHERE}")), _ => "geheim.db");

        Assert.DoesNotContain("geheim", $"{mapping} {mapping.Database}", StringComparison.Ordinal);
    }
}
