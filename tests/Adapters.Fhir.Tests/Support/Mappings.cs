namespace Keten.Adapters.Fhir.Tests.Support;

/// <summary>Mappings to start from.</summary>
internal static class Mappings
{
    /// <summary>All ports, all as nl-core has them. With more time than the default: a machine that runs all tests is slow.</summary>
    public static string Standard(Uri server) => $$"""
        version: 1
        server:
          base: {{server}}
          timeout_seconds: 60
        clients: {}
        person: {}
        household: {}
        involvement:
          fields:
            organisation_type: {constant: wijkteam}
        facts: {}
        """;

    /// <summary>With one text put for another.</summary>
    public static string With(this string mapping, string from, string to)
    {
        Assert.Contains(from, mapping, StringComparison.Ordinal);
        return mapping.Replace(from, to, StringComparison.Ordinal);
    }

    public static int LineOf(string text, string part) => text[..text.IndexOf(part, StringComparison.Ordinal)].Count(c => c == '\n') + 1;
}
