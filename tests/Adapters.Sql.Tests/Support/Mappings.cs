namespace Keten.Adapters.Sql.Tests.Support;

/// <summary>A small database and its mapping, to break in one place at a time.</summary>
internal static class Mappings
{
    public const string Schema = """
        CREATE TABLE persoon (id BIGINT PRIMARY KEY, bsn VARCHAR(9), naam VARCHAR(100), geslacht CHAR(1), geboren VARCHAR(20), tolk CHAR(1), geheim CHAR(1), nr BIGINT, toevoeging CHAR(4));
        CREATE TABLE zaak (id BIGINT PRIMARY KEY, persoon_id BIGINT, naam VARCHAR(100), van VARCHAR(10));
        """;

    public const string Whole = """
        version: 1
        database:
          kind: sqlite
          connection: Data Source=test.db
        clients:
          table: persoon
          columns:
            client_id: {column: id, type: integer}
            bsn: bsn
        person:
          table: persoon
          client: id
          columns:
            family_name: naam
            gender: {column: geslacht, map: {M: male, V: female}}
            birth_date: {column: geboren, date: ddmmyyyy}
            interpreter_needed: {column: tolk, map: {J: true, N: false}, when_null: false}
            house_number: {concat: [nr, toevoeging], separator: '-'}
            city: {constant: Waterveld}
        involvement:
          query: |
            SELECT z.naam, z.van
            FROM zaak z
            WHERE z.persoon_id = :client
          columns:
            organisation: naam
            started_on: van
        facts:
          table: persoon
          client: id
          columns:
            secret_address: {column: geheim, map: {J: true, N: false}}
        """;

    /// <summary>The mapping with one text put for another.</summary>
    public static string With(string from, string to)
    {
        Assert.Contains(from, Whole, StringComparison.Ordinal);
        return Whole.Replace(from, to, StringComparison.Ordinal);
    }

    public static int LineOf(string text, string part) => text[..text.IndexOf(part, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
}
