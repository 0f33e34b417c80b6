using System.Text.Json;
using Keten.Demo.Layouts;

namespace Keten.Demo;

/// <summary>What each organisation's own database holds before the story starts, from the scenario's records and persons.</summary>
internal static class SourceData
{
    /// <summary>Facts the target of a call knows, among the facts of an event; the rest is asserted by the caller.</summary>
    public static readonly string[] TargetFacts = ["secret_address", "inspection_restricted", "child_objects"];

    /// <summary>
    /// A client for every person the organisation has a record of, reports on or asks about: of the last it knows the BSN and no more. That an address
    /// is secret is known to whoever has something on record.
    /// </summary>
    public static IEnumerable<DemoClient> ClientsOf(Scenario scenario, string organisation)
    {
        var recorded = scenario.Records.Where(r => r.Organisation == organisation).Select(r => r.Person);
        var met = scenario.Events.Where(e => e.By.Organisation == organisation && e.Person is not null).Select(e => e.Person!);
        return recorded.Concat(met).Distinct(StringComparer.Ordinal).Select(reference => ClientOf(scenario, organisation, scenario.Person(reference)));
    }

    private static DemoClient ClientOf(Scenario scenario, string organisation, ScenarioPerson person)
    {
        var records = scenario.Records.Where(r => r.Organisation == organisation && r.Person == person.Ref).ToList();
        return new DemoClient(ClientId(organisation, person.Ref), person.Bsn)
        {
            Naw = Values(records.FirstOrDefault(r => r.Category == "naw")),
            Household = [.. records.Where(r => r.Category == "gezinssamenstelling").Select(Values)],
            Involvements = [.. records.Where(r => r.Category == "betrokkenheid").Select(Values)],
            Plan = [.. records.Where(r => r.Category == "plan").Select(Values)],
            CrisisIntakes = [.. records.Where(r => r.Category == "crisis-intake").Select(Values)],
            Facts = new DemoFacts { SecretAddress = records.Count > 0 ? person.SecretAddress : null },
        };
    }

    /// <summary>The organisation's own id of a person; nobody else's business.</summary>
    public static string ClientId(string organisation, string person) => $"{organisation}-{person}";

    private static Dictionary<string, object> Values(ScenarioRecord? record) =>
        record is null ? [] : record.Values.ToDictionary(v => v.Key, v => Value(v.Value), StringComparer.Ordinal);

    private static object Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.Array => value.EnumerateArray().Select(item => item.ToString()).ToArray(),
        _ => value.ToString(),
    };
}
