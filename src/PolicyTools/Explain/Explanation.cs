using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.PolicyTools.Explain;

/// <summary>
/// A decision in words. The policy decides; the order of the rules (the first that fails is the reason) says which held before that, and the
/// register which conditions the grant sets. No rule is evaluated here.
/// </summary>
/// <param name="Answer">What the policy answered.</param>
/// <param name="Steps">Every rule, R1 to R22.</param>
/// <param name="Grant">The register line that applied; null when R1 to R9 refused, or nothing applied.</param>
public sealed record Explanation(PolicyAnswer Answer, IReadOnlyList<RuleStep> Steps, GrantInWords? Grant)
{
    private static readonly string[] AboutPersons = ["R11", "R12", "R13", "R14", "R15", "R16", "R17", "R18a", "R18b", "R18c", "R18d", "R18e", "R19"];
    private static readonly string[] SetAsideByBreakGlass = ["R18a", "R18b", "R18c", "R18d"];

    // R18e is looked at after break-glass, which sets aside only the four before it.
    private static readonly List<string> Order =
        [.. RuleBook.Rules.Select(rule => rule.Id).Where(id => id is not "R18e").SelectMany(id => id == "R19" ? new[] { id, "R18e" } : [id])];

    /// <summary>Explains an AuthZEN input document.</summary>
    public static Explanation Of(LoadedPolicy policy, ReadOnlyMemory<byte> input)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var answer = policy.Ask(input);
        var question = QuestionParts.Of(input);
        var line = question is { Purpose: { } purpose, Category: { } category, Caller: { } caller, Operation: { } operation, Target: { } target }
            ? policy.Register.Line(purpose, category, caller, operation, target) : null;

        // Which of R18a-d break-glass took the place of: the policy says so when it is asked without.
        var beneath = question.BreakGlassAsked ? policy.Ask(WithoutBreakGlass(input)).Rule : "";
        var steps = RuleBook.Rules.Select(rule => new RuleStep(rule.Id, StatusOf(rule.Id, answer, beneath, line, question.Target), rule.Nl, rule.En)).ToList();
        var reached = answer.Allow || Order.IndexOf(answer.Rule) >= Order.IndexOf("R9");
        return new Explanation(answer, steps, line is { } found && reached ? GrantInWords.Of(question, found) : null);
    }

    private static RuleStatus StatusOf(string rule, PolicyAnswer answer, string beneath, JsonElement? line, string? target)
    {
        if (!answer.Allow && rule == answer.Rule)
        {
            return RuleStatus.Failed;
        }

        var place = Order.IndexOf(rule);
        var broken = SetAsideByBreakGlass.Contains(beneath) && (answer.BreakGlass || Order.IndexOf(answer.Rule) >= Order.IndexOf("R19"));
        if (broken && SetAsideByBreakGlass.Contains(rule) && place >= Order.IndexOf(beneath))
        {
            return answer.Rule != "R19" ? RuleStatus.SetAside : rule == beneath ? RuleStatus.Failed : RuleStatus.NotReached;
        }

        // R21 and R22 belong to an answer that is given; R22 is what a refused caller is told as well.
        if (!answer.Allow && rule != "R22" && place > Order.IndexOf(answer.Rule))
        {
            return RuleStatus.NotReached;
        }

        return rule == "R19" && !broken || line is { } grant && !Asks(rule, grant, target) ? RuleStatus.NotAsked : RuleStatus.Held;
    }

    /// <summary>Whether the register line sets the condition that the rule is about.</summary>
    private static bool Asks(string rule, JsonElement line, string? target) =>
        !(AboutPersons.Contains(rule) && !line.GetProperty("personal").GetBoolean()) && rule switch
        {
            "R11" => line.TryGetProperty("age", out _),
            "R12" => line.TryGetProperty("requires", out _),
            "R13" => line.TryGetProperty("crisis_levels", out _),
            "R14" => line.TryGetProperty("visibility", out _) && target != "gateway",
            "R15" => line.GetProperty("secrecy").GetString() == "consent",
            "R16" => line.GetProperty("consent").GetBoolean(),
            "R17" or "R18e" => line.GetProperty("subject_access").GetBoolean(),
            "R18a" => line.TryGetProperty("core", out _),
            "R18b" => line.GetProperty("caller_involved").GetBoolean(),
            "R18c" => line.GetProperty("informed").GetString() != "not-required",
            "R18d" => line.GetProperty("target_involved").GetBoolean(),
            _ => true,
        };

    private static byte[] WithoutBreakGlass(ReadOnlyMemory<byte> input)
    {
        var root = JsonNode.Parse(input.Span)!;
        root["context"]!.AsObject().Remove("break_glass");
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
