using System.Text.Json.Nodes;

namespace Keten.Demo;

/// <summary>What a played scenario came to.</summary>
public sealed record DemoReport(Scenario Scenario, IReadOnlyList<StepResult> Steps, int Decisions)
{
    /// <summary>True when every step that was played went as the scenario expects. Skipped steps are counted, not forgiven silently.</summary>
    public bool Ok => Steps.All(s => s.Differences().Count == 0);

    /// <summary>Steps whose service does not exist yet.</summary>
    public int Skipped => Steps.Count(s => s.IsSkipped);

    /// <summary>Names and addresses typed in, each at one organisation.</summary>
    public int NawEntered => Scenario.Records.Count(r => r.Category == "naw");

    /// <summary>Times a name and address was read instead of typed again.</summary>
    public int NawReused => Steps.Count(s => s is { Outcome: "allow", Step: { Category: "naw", Operation: "read" or "subscribe" } });

    /// <summary>Times one organisation learned of another.</summary>
    public int Matches => Steps.Sum(s => s.Matches.Count);

    /// <summary>The report of <c>keten demo --json</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["scenario"] = Scenario.Id,
        ["ok"] = Ok,
        ["skipped"] = Skipped,
        ["steps"] = new JsonArray([.. Steps.Select(s => (JsonNode)s.ToJson())]),
        ["nawEntered"] = NawEntered,
        ["nawReused"] = NawReused,
        ["matches"] = Matches,
        ["decisions"] = Decisions,
    };
}
