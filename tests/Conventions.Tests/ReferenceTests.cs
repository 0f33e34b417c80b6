using System.Xml.Linq;

namespace Keten.Conventions.Tests;

/// <summary>References point one way. This table is where that is written down; a failure says which sentence broke.</summary>
public sealed class ReferenceTests
{
    private sealed record Rule(string Sentence, params string[] Allowed);

    private static readonly Dictionary<string, Rule> Rules = new(StringComparer.Ordinal)
    {
        ["Keten.Contracts"] = new("Contracts refers to nothing: it is what all others agree on."),
        ["Keten.Oprf"] = new("Oprf refers to nothing of ours: it is RFC 9497 and no more, so that a cryptographer can read it alone."),
        ["Keten.Policy"] = new("Policy refers to Contracts only: gateway and adapters both run it.", "Keten.Contracts"),
        ["Keten.PolicyTools"] = new("PolicyTools refers to Contracts and Policy: it asks the policy, and knows no gateway.", "Keten.Contracts", "Keten.Policy"),
        ["Keten.Identity"] = new("Identity refers to Contracts only: gateway and adapters both use it.", "Keten.Contracts"),
        ["Keten.Events"] = new("Events refers to Contracts only: gateway and adapters both use it.", "Keten.Contracts"),
        ["Keten.Fhir"] = new("Fhir refers to Contracts only: gateway and adapters both answer with it.", "Keten.Contracts"),
        ["Keten.Client"] = new("Client refers to Contracts and Oprf only: a case system that uses it gets nothing else.", "Keten.Contracts", "Keten.Oprf"),
        ["Keten.Pseudonyms"] = new(
            "Pseudonyms refers to Oprf, Identity and Contracts: an evaluator knows no gateway, no adapter and no client.",
            "Keten.Contracts", "Keten.Oprf", "Keten.Identity"),
        ["Keten.DecisionLog"] = new("DecisionLog refers to Contracts only: who proves a log needs no gateway.", "Keten.Contracts"),
        ["Keten.Telemetry"] = new("Telemetry refers to nothing of ours: any host may show its metrics."),
        ["Keten.LogTools"] = new("LogTools refers to Contracts and DecisionLog: it reads logs, and knows no gateway and no adapter.", "Keten.Contracts", "Keten.DecisionLog"),
        ["Keten.Gateway"] = new(
            "Gateway refers to Contracts, DecisionLog, Fhir, Policy, Identity, Events and Telemetry, never to Client or an adapter: it knows no organisation's inside.",
            "Keten.Contracts", "Keten.DecisionLog", "Keten.Fhir", "Keten.Policy", "Keten.Identity", "Keten.Events", "Keten.Telemetry"),
        ["Keten.Adapters.Sdk"] = new(
            "The Sdk refers to Client, DecisionLog (to countersign one), Fhir, Policy, Identity, Events, Telemetry and Contracts, never to the gateway or a connector.",
            "Keten.Contracts", "Keten.Client", "Keten.DecisionLog", "Keten.Fhir", "Keten.Policy", "Keten.Identity", "Keten.Events", "Keten.Telemetry"),
        ["Keten.Demo"] = new(
            "Demo refers to Gateway, its DecisionLog, Pseudonyms, a connector and Client: it plays all parts, as they are.",
            "Keten.DecisionLog", "Keten.Gateway", "Keten.Pseudonyms", "Keten.Adapters.Sql", "Keten.Client"),
        ["Keten.Cli"] = new(
            "Cli refers to Bench, Client, Contracts, DecisionLog, Demo, Events, Gateway, Identity, LogTools, Oprf (to measure it), Policy, PolicyTools and Pseudonyms (for its key files): it is a front door, not a place for logic.",
            "Keten.Client", "Keten.Bench", "Keten.Contracts", "Keten.DecisionLog", "Keten.Events", "Keten.Demo", "Keten.Gateway", "Keten.Identity", "Keten.LogTools", "Keten.Oprf", "Keten.Policy", "Keten.PolicyTools", "Keten.Pseudonyms"),
    };

    private static readonly Rule Connector = new("A connector refers to the Sdk only: what it needs, the Sdk offers.", "Keten.Adapters.Sdk");

    public static TheoryData<string> Projects => [.. Repository.Files("src", ".csproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_its_rule_allows(string project)
    {
        var rule = RuleFor(NameOf(project));
        Assert.True(rule is not null, $"{project} is new: write the sentence that says what it may refer to into {nameof(ReferenceTests)}.");
        var broken = References(project).Except(rule.Allowed, StringComparer.Ordinal).ToList();

        Assert.True(broken.Count == 0, $"{project} refers to {string.Join(", ", broken)}. Rule: {rule.Sentence}");
    }

    [Fact]
    public void No_source_refers_to_a_test_and_no_test_tool_ships()
    {
        var broken = Repository.Files("src", ".csproj").Where(p => References(p).Any(r => r.EndsWith(".Tests", StringComparison.Ordinal) || r == "Keten.TestKit"));

        Broken.None(broken);
    }

    [Fact]
    public void Every_rule_has_its_project()
    {
        var projects = Repository.Files("src", ".csproj").Select(NameOf).ToHashSet(StringComparer.Ordinal);

        Broken.None(Rules.Keys.Except(projects, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("KetenGateway.sln").Replace('\\', '/');

        Assert.All(
            Repository.AllFiles.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)),
            project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    private static Rule? RuleFor(string name) =>
        Rules.TryGetValue(name, out var rule) ? rule : name.StartsWith("Keten.Adapters.", StringComparison.Ordinal) ? Connector : null;

    private static IEnumerable<string> References(string project) =>
        XDocument.Parse(Repository.Read(project)).Descendants("ProjectReference").Select(r => NameOf((string?)r.Attribute("Include") ?? ""));

    private static string NameOf(string project) => Path.GetFileNameWithoutExtension(project.Replace('\\', '/'));
}
