using System.CommandLine;
using Keten.PolicyTools;
using Keten.PolicyTools.Cases;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy check</c>: is every case answered as the table says?</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var cases = new Option<string>("--cases") { Description = "The table of cases; see src/PolicyBundles/keten/tests/policy-cases.json for the format.", Required = true, HelpName = "FILE" };
        var bundle = BundleOption.Create();
        var json = Cli.Json();
        var command = new Command(
            "check",
            """
            Run a table of cases: decision, reason code, fields and obligations, and the caller code where a case gives it. A case that names no
            fields or obligations expects none. Exit code 1 on any mismatch, 2 when the file cannot be read.

            Examples:
              keten policy check --cases src/PolicyBundles/keten/tests/policy-cases.json
              keten policy check --cases mine.json --bundle /tmp/new/bundle.tar.gz --json
            """)
        {
            cases, bundle, json,
        };
        command.Act((parsed, cancellationToken) =>
        {
            var file = CaseFile.Read(parsed.GetRequiredValue(cases));
            using var policy = LoadedPolicy.Open(parsed.GetValue(bundle));
            foreach (var remark in file.Remarks)
            {
                Console.Error.WriteLine("note: " + remark);
            }

            var outcomes = new List<CaseOutcome>();
            foreach (var outcome in CaseCheck.Run(policy, file))
            {
                cancellationToken.ThrowIfCancellationRequested();
                outcomes.Add(outcome);
            }

            Report(policy, outcomes, parsed.GetValue(json));
            return outcomes.All(outcome => outcome.AsExpected) ? Cli.Fine : Cli.NotAsItShould;
        });
        return command;
    }

    private static void Report(LoadedPolicy policy, List<CaseOutcome> outcomes, bool json)
    {
        var wrong = outcomes.Where(outcome => !outcome.AsExpected).ToList();
        var summary = $"{outcomes.Count - wrong.Count} of {outcomes.Count} as expected";
        if (json)
        {
            Cli.Print(new
            {
                revision = policy.Revision, cases = outcomes.Count, asExpected = outcomes.Count - wrong.Count, summary,
                mismatches = wrong.Select(outcome => new { outcome.Case.Id, outcome.Case.Line, outcome.Answer.Rule, outcome.Differences }),
            });
            return;
        }

        foreach (var outcome in wrong)
        {
            Console.Out.WriteLine($"✗ {outcome.Case.Id} (line {outcome.Case.Line}), decided by {outcome.Answer.Rule}");
            foreach (var difference in outcome.Differences)
            {
                Console.Out.WriteLine($"    {difference.What}\n      expected {difference.Expected}\n      got      {difference.Got}");
            }
        }

        Console.Out.WriteLine(summary);
    }
}
