using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Demo;

/// <summary>What one step of a scenario came to.</summary>
public sealed record StepResult
{
    public required ScenarioEvent Step { get; init; }

    /// <summary><c>allow</c>, <c>deny</c> or <c>skipped</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The exact reason code, from the decision logs; for a skipped step why it was skipped.</summary>
    public required string Reason { get; init; }

    /// <summary>What the caller was told.</summary>
    public string CallerCode { get; init; } = "";

    public string CallerText { get; init; } = "";

    public IReadOnlyList<string> Fields { get; init; } = [];

    public IReadOnlyList<string> Obligations { get; init; } = [];

    public IReadOnlyList<string> LegalBasis { get; init; } = [];

    public JsonObject? Data { get; init; }

    public List<ScenarioMatch> Matches { get; init; } = [];

    public List<ScenarioMatch> MatchesEnded { get; init; } = [];

    public double Milliseconds { get; set; }

    public bool IsSkipped => Outcome == "skipped";

    /// <summary>Everything that differs from what the scenario expects, in words; empty when all is as expected.</summary>
    public IReadOnlyList<string> Differences()
    {
        if (IsSkipped)
        {
            return [];
        }

        var expect = Step.Expect;
        var differences = new List<string>();
        Compare("decision", expect.Decision, Outcome);
        Compare("reason", expect.ReasonCode, Reason);
        if (expect.CallerCode is { } callerCode)
        {
            Compare("caller code", callerCode, CallerCode);
        }

        CompareLists("fields", expect.Fields, Fields);
        CompareLists("obligations", expect.Obligations, Obligations);
        CompareMatches("matches", expect.Matches, Matches);
        CompareMatches("ended matches", expect.MatchesEnded, MatchesEnded);
        if (expect.Data is { } data && Outcome == "allow")
        {
            var expected = new JsonObject(data.Select(d => KeyValuePair.Create(d.Key, JsonNode.Parse(d.Value.GetRawText()))));
            if (!JsonNode.DeepEquals(expected, Data ?? []))
            {
                differences.Add($"data: expected fields {string.Join(", ", expected.Select(e => e.Key))}; got {string.Join(", ", (Data ?? []).Select(d => d.Key))}");
            }
        }

        return differences;

        void Compare(string what, string expected, string got)
        {
            if (expected != got)
            {
                differences.Add($"{what}: expected {expected}, got {got}");
            }
        }

        void CompareLists(string what, IReadOnlyList<string>? expected, IReadOnlyList<string> got)
        {
            if (expected is not null)
            {
                Compare(what, string.Join(", ", expected), string.Join(", ", got));
            }
        }

        void CompareMatches(string what, IReadOnlyList<ScenarioMatch>? expected, List<ScenarioMatch> got) =>
            Compare(what, Words(expected ?? []), Words(got));

        static string Words(IEnumerable<ScenarioMatch> matches) =>
            string.Join(", ", matches.Select(m => $"{m.To} hears of {m.About} ({m.Level})").Order(StringComparer.Ordinal));
    }

    /// <summary>One entry of <c>steps</c> in the JSON report.</summary>
    public JsonObject ToJson()
    {
        var differences = Differences();
        var json = new JsonObject
        {
            ["id"] = Step.Id,
            ["kind"] = Step.Kind,
            ["outcome"] = Outcome,
            ["reason"] = Reason,
            ["callerCode"] = CallerCode,
            ["fields"] = new JsonArray([.. Fields.Select(f => (JsonNode)f)]),
            ["obligations"] = new JsonArray([.. Obligations.Select(o => (JsonNode)o)]),
            ["matches"] = JsonSerializer.SerializeToNode(Matches, JsonSerializerOptions.Web),
            ["matchesEnded"] = JsonSerializer.SerializeToNode(MatchesEnded, JsonSerializerOptions.Web),
            ["expected"] = new JsonObject { ["outcome"] = Step.Expect.Decision, ["reason"] = Step.Expect.ReasonCode },
            ["ok"] = differences.Count == 0,
            ["ms"] = Math.Round(Milliseconds, 1),
        };
        if (differences.Count > 0)
        {
            json["differences"] = new JsonArray([.. differences.Select(d => (JsonNode)d)]);
        }

        return json;
    }
}
