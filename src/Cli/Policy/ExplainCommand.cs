using System.CommandLine;
using Keten.PolicyTools;
using Keten.PolicyTools.Explain;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy explain</c>: one decision in words.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var input = new Option<string>("--input") { Description = "An AuthZEN input, one case, or a file of cases with --case; '-' for stdin.", Required = true, HelpName = "FILE" };
        var caseId = new Option<string?>("--case") { Description = "Which case of a file of cases.", HelpName = "ID" };
        var language = new Option<string>("--language") { Description = "nl, en or both.", DefaultValueFactory = _ => "both" };
        language.AcceptOnlyFromAmong("nl", "en", "both");
        var bundle = BundleOption.Create();
        var json = Cli.Json();
        var command = new Command(
            "explain",
            """
            Why a call is allowed or refused: which rules held and which failed, R1 to R22, in Dutch and English; the grant that applied and its
            legal basis; what the caller is told; and the way out. Exit code 0 for an allow and for a refusal alike.

            Examples:
              keten policy explain --input question.json
              keten policy explain --input src/PolicyBundles/keten/tests/policy-cases.json --case pc-naw-hergebruik-01 --language nl
              cat question.json | keten policy explain --input - --json
            """)
        {
            input, caseId, language, bundle, json,
        };
        command.Act(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(input);
            var question = path == "-" ? QuestionFile.Read("stdin", await StdinAsync(cancellationToken), parsed.GetValue(caseId)) : QuestionFile.Read(path, parsed.GetValue(caseId));
            using var policy = LoadedPolicy.Open(parsed.GetValue(bundle));
            var explanation = Explanation.Of(policy, question);
            if (parsed.GetValue(json))
            {
                Cli.Print(new { revision = policy.Revision, explanation.Answer, explanation.Steps, explanation.Grant });
            }
            else
            {
                Tell(explanation, parsed.GetRequiredValue(language));
            }

            return Cli.Fine;
        });
        return command;
    }

    // Until the end of the stream; in process (tests) stdin is whatever Console.In was set to.
    private static async Task<byte[]> StdinAsync(CancellationToken cancellationToken) =>
        System.Text.Encoding.UTF8.GetBytes(await Console.In.ReadToEndAsync(cancellationToken));

    private static void Tell(Explanation explanation, string language)
    {
        var answer = explanation.Answer;
        Console.Out.WriteLine($"{(answer.Allow ? "✓" : "✗")} {answer.Decision} {answer.ReasonCode}, decided by {answer.Rule}\n");
        foreach (var step in explanation.Steps)
        {
            Two($"  {Sign(step.Status)} {step.Rule,-5} ", step.Nl + InDutch(step.Status), step.En + InEnglish(step.Status), language);
        }

        if (explanation.Grant is { } grant)
        {
            Console.Out.WriteLine($"\nGrant  {grant.Purpose}: {grant.Caller} {grant.Operation} {grant.Category} of {grant.Target}");
            Two("  ", $"grondslag: {string.Join(", ", grant.LegalBasis)}", $"legal basis: {string.Join(", ", grant.LegalBasis)}", language);
            Two("  ", $"voorwaarden: {List(grant.ConditionsNl, "geen")}", $"conditions: {List(grant.ConditionsEn, "none")}", language);
            Two("  ", $"bewaren: {(grant.RetentionDays == 0 ? "geen termijn" : $"ten hoogste {grant.RetentionDays} dagen")}", $"kept: {(grant.RetentionDays == 0 ? "no term" : $"at most {grant.RetentionDays} days")}", language);
        }

        if (answer.Allow)
        {
            Console.Out.WriteLine();
            Two("  ", $"velden: {string.Join(", ", answer.Fields)}", $"fields: {string.Join(", ", answer.Fields)}", language);
            Two("  ", $"verplichtingen: {List(answer.Obligations, "geen")}", $"obligations: {List(answer.Obligations, "none")}", language);
            return;
        }

        Console.Out.WriteLine();
        foreach (var reason in answer.Reasons)
        {
            Console.Out.WriteLine($"{reason.Code}{(reason.Code == answer.CallerCode ? "  (the caller is told this)" : "  (for the log only; the caller is not told)")}");
            Two("  ", reason.Nl, reason.En, language);
        }
    }

    private static string List(IReadOnlyList<string> items, string none) => items.Count == 0 ? none : string.Join("; ", items);

    private static void Two(string lead, string dutch, string english, string language)
    {
        if (language is "nl" or "both")
        {
            Console.Out.WriteLine(lead + dutch);
        }

        if (language is "en" or "both")
        {
            Console.Out.WriteLine((language == "both" ? new string(' ', lead.Length) : lead) + english);
        }
    }

    private static string Sign(RuleStatus status) => status switch
    {
        RuleStatus.Held => "✓",
        RuleStatus.Failed => "✗",
        RuleStatus.SetAside => "!",
        _ => "·",
    };

    private static string InDutch(RuleStatus status) => status switch
    {
        RuleStatus.Failed => " NEE.",
        RuleStatus.SetAside => " Terzijde gesteld door noodtoegang.",
        RuleStatus.NotAsked => " Hier niet gevraagd.",
        RuleStatus.NotReached => " Niet meer bekeken.",
        _ => "",
    };

    private static string InEnglish(RuleStatus status) => status switch
    {
        RuleStatus.Failed => " NO.",
        RuleStatus.SetAside => " Set aside by break-glass.",
        RuleStatus.NotAsked => " Not asked here.",
        RuleStatus.NotReached => " Not looked at any more.",
        _ => "",
    };
}
