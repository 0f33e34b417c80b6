using System.CommandLine;
using Keten.PolicyTools;
using Keten.PolicyTools.Cases;
using Keten.PolicyTools.Diff;
using Keten.PolicyTools.Visibility;

namespace Keten.Cli.Policy;

/// <summary><c>keten policy diff</c>: what a change does, before it does it.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var before = new Argument<string>("OLD") { Description = "The bundle as it was: a file, a directory that holds bundle.tar.gz, or 'embedded' for the released one." };
        var after = new Argument<string>("NEW") { Description = "The bundle as it would be." };
        var cases = new Option<string?>("--cases") { Description = "A table of cases to compare as well.", HelpName = "FILE" };
        var purpose = new Option<string?>("--purpose") { Description = "One purpose only; quicker.", HelpName = "ID" };
        var json = Cli.Json();
        var command = new Command(
            "diff",
            """
            What changes between two bundles: cells of the matrix, who learns of whose involvement, and cases. What opens comes first. Every combination that either bundle allows
            is asked of both, with favourable facts and with each fact taken away in turn (not involved, not informed, no consent, another
            age, a lower crisis level, a secret address, break-glass ...), so that a dropped condition shows as well as a new grant. Of every
            viewer, holder and index purpose it is asked what a match tells.

            Exit code 1 when something opens or widens: refused before and allowed now, more fields, an obligation less, kept longer. 0 when
            nothing does; 2 when a bundle or the file of cases cannot be used.

            Examples:
              keten policy diff embedded /tmp/new/bundle.tar.gz
              keten policy diff old.tar.gz new.tar.gz --cases src/PolicyBundles/keten/tests/policy-cases.json --json
            """)
        {
            before, after, cases, purpose, json,
        };
        command.Act((parsed, cancellationToken) =>
        {
            var file = parsed.GetValue(cases) is { } path ? CaseFile.Read(path) : null;
            using var old = LoadedPolicy.Open(parsed.GetRequiredValue(before));
            using var changed = LoadedPolicy.Open(parsed.GetRequiredValue(after));
            var cells = PolicyComparison.Cells(old, changed, Named(parsed.GetValue(purpose), old, changed), cancellationToken);
            var flips = file is null ? [] : PolicyComparison.Cases(old, changed, file);
            var matches = VisibilityComparison.Run(old, changed, parsed.GetValue(purpose), cancellationToken);
            var openings = cells.Count(cell => cell.Change.IsOpening) + matches.Count(match => match.Change.IsOpening) + flips.Count(flip => flip.Change.IsOpening);
            if (parsed.GetValue(json))
            {
                Cli.Print(new { old = old.Revision, @new = changed.Revision, opens = openings > 0, cells, matches, cases = flips });
            }
            else
            {
                Report(old, changed, (cells, matches, flips), openings);
            }

            return openings > 0 ? Cli.NotAsItShould : Cli.Fine;
        });
        return command;
    }

    private static string? Named(string? purpose, params LoadedPolicy[] policies)
    {
        var known = policies.SelectMany(policy => policy.Register.Purposes).Select(entry => entry.Id).Distinct().Order(StringComparer.Ordinal).ToList();
        return purpose is null || known.Contains(purpose) ? purpose
            : throw new ToolException($"--purpose: '{purpose}' is in neither register; one of {string.Join(", ", known)}");
    }

    private static void Report(
        LoadedPolicy old, LoadedPolicy changed,
        (IReadOnlyList<CellChange> Cells, IReadOnlyList<VisibilityChange> Matches, IReadOnlyList<CaseChange> Cases) changes, int openings)
    {
        var (cells, matches, flips) = changes;
        Console.Out.WriteLine($"From revision {old.Revision} to {changed.Revision}");
        foreach (var kind in Enum.GetValues<ChangeKind>())
        {
            var cellsOfKind = cells.Where(cell => cell.Change.Kind == kind).ToList();
            var flipsOfKind = flips.Where(flip => flip.Change.Kind == kind).ToList();
            var matchesOfKind = matches.Where(match => match.Change.Kind == kind).ToList();
            if (cellsOfKind.Count + matchesOfKind.Count + flipsOfKind.Count == 0)
            {
                continue;
            }

            Console.Out.WriteLine($"\n{Words.Of(kind)}");
            foreach (var cell in cellsOfKind)
            {
                Tell(cell);
            }

            foreach (var match in matchesOfKind)
            {
                Console.Out.WriteLine($"  {match.Purpose}: {match.Viewer} learns of {string.Join(", ", match.Holders)}{(match.Shielded ? ", also when SHIELDED" : "")}");
                Console.Out.WriteLine($"    {Words.Of(match.Change)}");
            }

            foreach (var flip in flipsOfKind)
            {
                Console.Out.WriteLine($"  case {flip.Id} (line {flip.Line})\n    {Words.Of(flip.Change)}");
            }
        }

        Console.Out.WriteLine(cells.Count + matches.Count + flips.Count == 0 ? "\nNothing changes." : $"\n{cells.Count} changes to the matrix, {matches.Count} to who learns of whom, {flips.Count} cases flip; {(openings > 0 ? $"{openings} open or widen: read these first" : "nothing opens")}.");
    }

    private static void Tell(CellChange cell)
    {
        Console.Out.WriteLine($"  {cell.Purpose}: {cell.Caller} {cell.Operation} {cell.Category}");
        Console.Out.WriteLine($"    of {string.Join(", ", cell.Targets)}; as {string.Join(", ", cell.Roles)}");
        if (cell.Situations[0].Length > 0)
        {
            Console.Out.WriteLine($"    when: {string.Join("; ", cell.Situations)}");
        }

        Console.Out.WriteLine($"    {Words.Of(cell.Change)}");
    }
}
