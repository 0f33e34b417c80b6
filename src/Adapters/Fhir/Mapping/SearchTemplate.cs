using System.Globalization;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;

namespace Keten.Adapters.Fhir.Mapping;

/// <summary>A search as the mapping writes it: <c>EpisodeOfCare?patient=Patient/{client}</c>.</summary>
internal sealed class SearchTemplate
{
    private const string Client = "{client}";
    private static readonly string[] Refused = ["_format", "_summary", "_total", "_contained", "_containedType", "_query"];

    private readonly List<(string Name, string Value)> _parameters;

    private SearchTemplate(string type, List<(string, string)> parameters) => (Type, _parameters) = (type, parameters);

    /// <summary>Type of the resources it is about; what is included may be of others.</summary>
    public string Type { get; }

    /// <summary>Names of its parameters, without modifiers and chains.</summary>
    public IEnumerable<string> Names => _parameters.Select(p => p.Name.Split(':', '.')[0]).Distinct(StringComparer.Ordinal);

    /// <summary>True when the answer may hold resources of other types as well.</summary>
    public bool Includes => Names.Any(n => n is "_include" or "_revinclude");

    /// <summary>Null, and what is wrong, when it cannot be used.</summary>
    public static SearchTemplate? TryCreate(string text, bool ofOneClient, out string? fault)
    {
        var parts = text.Split('?', 2);
        if (ModelInfo.IsKnownResource(parts[0]) is false)
        {
            fault = $"'{parts[0]}' is no resource type of R4; expected for instance RelatedPerson?patient=Patient/{Client}";
            return null;
        }

        var parameters = new List<(string Name, string Value)>();
        foreach (var parameter in parts.Length < 2 ? [] : parts[1].Split('&'))
        {
            var pair = parameter.Split('=', 2);
            if (pair.Length < 2 || pair[0].Length == 0 || pair[1].Length == 0)
            {
                fault = "expected parameters as name=value, with & between them";
                return null;
            }

            var (name, value) = (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1]));
            var plain = name.Split(':')[0];
            if (Refused.Contains(plain, StringComparer.Ordinal))
            {
                fault = $"{plain} cannot be used here: the answer would be one that cannot be read or counted on";
                return null;
            }

            if (plain == "_elements" && ofOneClient)
            {
                fault = "_elements cannot be used here: the label that says what is secret would not be in the answer";
                return null;
            }

            if (plain == "_count" && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0))
            {
                fault = "expected a whole number at _count, 1 or more";
                return null;
            }

            parameters.Add((name, value));
        }

        var isOfOneClient = parameters.Exists(p => p.Value.Contains(Client, StringComparison.Ordinal));
        fault = isOfOneClient == ofOneClient ? null
            : ofOneClient ? $"expected {Client} in a value: without it the search finds the data of all" : $"{Client} has no place here: this search finds all clients";
        return fault is null ? new SearchTemplate(parts[0], parameters) : null;
    }

    /// <summary>The search, for one client or (null) for all.</summary>
    public SearchParams For(string? clientId)
    {
        var search = new SearchParams();
        foreach (var (name, value) in _parameters)
        {
            search.Add(name, clientId is null ? value : value.Replace(Client, clientId, StringComparison.Ordinal));
        }

        return search;
    }
}
