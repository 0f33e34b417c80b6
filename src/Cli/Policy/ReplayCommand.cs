using System.CommandLine;
using Keten.DecisionLog;
using Keten.PolicyTools;
using Keten.PolicyTools.Replay;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy replay</c>: what a changed policy would have done to real calls.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var log = new Option<string>("--log") { Description = "Directory of a gateway's decision log.", Required = true, HelpName = "DIR" };
        var bundle = new Option<string>("--bundle") { Description = "The changed bundle: a file, or a directory that holds bundle.tar.gz.", Required = true, HelpName = "NEW" };
        var own = new Option<string[]>("--own") { Description = "A bundle that made some of the decisions, to check them against; may be repeated. The released one is always at hand.", HelpName = "FILE" };
        var json = Cli.Json();
        var command = new Command(
            "replay",
            """
            Run the decisions in a gateway's log again. Against a changed bundle: which would flip, per organisation and purpose, what opens first;
            and of the organisations that reported the same person, who would learn more or less of whom. Against the revision that made them: identical, or why not. The log may be in use. What only targets know (a secret
            address, restricted inspection, an objecting child) is not in the gateway's log.

            Exit code 1 when a logged call would get what it did not get, or a decision is not what its own revision decides; 0 otherwise; 2 when
            the log or a bundle cannot be used.

            Examples:
              keten policy replay --log /var/lib/keten/decisions --bundle /tmp/new/bundle.tar.gz
              keten policy replay --log decisions --bundle new.tar.gz --own old.tar.gz --json
            """)
        {
            log, bundle, own, json,
        };
        command.Act((parsed, cancellationToken) =>
        {
            var policies = new List<LoadedPolicy>();
            try
            {
                var changed = Open(parsed.GetRequiredValue(bundle));
                Open(null);
                foreach (var path in parsed.GetValue(own) ?? [])
                {
                    Open(path);
                }

                var replay = new DecisionReplay(changed, policies);
                foreach (var record in DecisionLogReader.Read(parsed.GetRequiredValue(log), Torn))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    replay.Add(record);
                }

                if (replay.Report().Decisions == 0)
                {
                    throw new ToolException($"{parsed.GetRequiredValue(log)} holds no decisions: give the directory of a gateway's decision log (Gateway:DecisionLog:Directory)");
                }

                return Report(changed, replay.Report(), parsed.GetValue(json));
            }
            finally
            {
                policies.ForEach(policy => policy.Dispose());
            }

            LoadedPolicy Open(string? path)
            {
                policies.Add(LoadedPolicy.Open(path));
                return policies[^1];
            }
        });
        return command;
    }

    private static void Torn(TornTail tail) => Console.Error.WriteLine("note: the log ends in a record that was never completed or acknowledged; it is left out");

    private static int Report(LoadedPolicy changed, ReplayReport report, bool json)
    {
        var opens = report.Flips.Any(flip => flip.Change.IsOpening) || report.MatchFlips.Any(flip => flip.Change.IsOpening);
        var fine = report.DifferentUnderOwnRevision.Count == 0 && !opens;
        if (json)
        {
            Cli.Print(new { revision = changed.Revision, opens, report });
            return fine ? Cli.Fine : Cli.NotAsItShould;
        }

        Console.Out.WriteLine($"{report.Decisions} decisions in the log, {report.Replayed} asked again");
        foreach (var (why, count) in report.NotReplayed)
        {
            Console.Out.WriteLine($"  {count} not asked again: {why}");
        }

        Console.Out.WriteLine("\nAgainst their own revision");
        Console.Out.WriteLine($"  {report.IdenticalUnderOwnRevision} identical");
        foreach (var (revision, count) in report.RevisionsNotAtHand)
        {
            Console.Out.WriteLine($"  {count} not checked: revision {revision} is not at hand; give its bundle with --own");
        }

        if (report.DifferentUnderOwnRevision.Count > 0)
        {
            Console.Out.WriteLine($"  {report.DifferentUnderOwnRevision.Sum(flip => flip.Count)} DIFFERENT: the record, or the bundle of that revision, is not what decided then. Verify the log first.");
            Tell(report.DifferentUnderOwnRevision);
        }

        Console.Out.WriteLine($"\nAgainst revision {changed.Revision}");
        foreach (var kind in report.Flips.GroupBy(flip => flip.Change.Kind))
        {
            Console.Out.WriteLine($"  {Words.Of(kind.Key)}");
            Tell(kind);
        }

        TellMatches(report);
        Console.Out.WriteLine($"  {report.Flips.Sum(flip => flip.Count)} of {report.Replayed} would be decided otherwise");
        return fine ? Cli.Fine : Cli.NotAsItShould;
    }

    private static void TellMatches(ReplayReport report)
    {
        if (report.MatchPairs == 0)
        {
            return;
        }

        Console.Out.WriteLine($"  {report.MatchFlips.Sum(flip => flip.Persons)} of {report.MatchPairs} matches would tell otherwise, at most: the log does not say what was shielded or has ended");
        foreach (var kind in report.MatchFlips.GroupBy(flip => flip.Change.Kind))
        {
            Console.Out.WriteLine($"  {Words.Of(kind.Key)}");
            foreach (var flip in kind)
            {
                Console.Out.WriteLine($"    {flip.Persons} x {flip.Viewer} ({flip.ViewerType}) learns of {flip.Holder} ({flip.HolderType}), {flip.Purpose}");
                Console.Out.WriteLine($"      {Words.Of(flip.Change)}");
            }
        }

        if (report.MatchPairsNotAtHand > 0)
        {
            Console.Out.WriteLine($"    {report.MatchPairsNotAtHand} not compared: their revision is not at hand; give its bundle with --own");
        }
    }

    private static void Tell(IEnumerable<ReplayFlip> flips)
    {
        foreach (var flip in flips)
        {
            Console.Out.WriteLine($"    {flip.Count} x {flip.Organisation} ({flip.OrganisationType}), {flip.Purpose}: {flip.Operation} {flip.Category}");
            Console.Out.WriteLine($"      {Words.Of(flip.Change)}");
            Console.Out.WriteLine($"      decisions {string.Join(", ", flip.DecisionIds)}{(flip.Count > flip.DecisionIds.Count ? ", ..." : "")}");
        }
    }
}
