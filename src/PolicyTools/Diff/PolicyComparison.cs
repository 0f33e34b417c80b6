using System.Collections.Concurrent;
using Keten.PolicyTools.Cases;
using Keten.PolicyTools.Matrix;

namespace Keten.PolicyTools.Diff;

/// <summary>Asks two policies the same questions and keeps what they answer differently.</summary>
public static class PolicyComparison
{
    /// <summary>
    /// Changes of the matrix: every combination that either policy allows under favourable facts, in every <see cref="Situation"/>. What needs
    /// the most attention comes first.
    /// </summary>
    /// <param name="before">The policy as it was.</param>
    /// <param name="after">The policy as it would be.</param>
    /// <param name="purpose">This one only; null: all.</param>
    /// <param name="cancellationToken">Stops the asking.</param>
    public static IReadOnlyList<CellChange> Cells(LoadedPolicy before, LoadedPolicy after, string? purpose, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Digest == after.Digest)
        {
            return [];
        }

        var starts = Survey.Run(before, purpose, cancellationToken).Concat(Survey.Run(after, purpose, cancellationToken))
            .GroupBy(open => open.Combination)
            .Select(group => (Combination: group.Key, States: group.Select(open => (open.State.Age, open.State.CrisisLevel)).Distinct().ToList()))
            .ToList();
        var favourable = CaseState.Favourable(before.Register.States.Union(after.Register.States));
        var situations = Situation.All(before, after);
        var found = new ConcurrentBag<(Combination Combination, string Situation, AnswerChange Change)>();
        Parallel.ForEach(
            starts,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            start =>
            {
                foreach (var situation in situations)
                {
                    foreach (var (age, level) in start.States)
                    {
                        var input = situation.Change(favourable with { Age = age, CrisisLevel = level }).InputFor(start.Combination);
                        if (AnswerChange.Between(before.Ask(input), after.Ask(input)) is { } change)
                        {
                            found.Add((start.Combination, situation.Name, change));
                            break;
                        }
                    }
                }
            });
        return Summarise(found, situations);
    }

    /// <summary>Cases that are answered differently, in the order of the file, what opens first.</summary>
    public static IReadOnlyList<CaseChange> Cases(LoadedPolicy before, LoadedPolicy after, CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return
        [
            .. from example in file.Cases
               let change = AnswerChange.Between(before.Ask(example.Input), after.Ask(example.Input))
               where change is not null
               orderby change.Kind
               select new CaseChange(example.Id, example.Line, change),
        ];
    }

    private static List<CellChange> Summarise(
        IEnumerable<(Combination Combination, string Situation, AnswerChange Change)> found, IReadOnlyList<Situation> situations)
    {
        var order = situations.Select((situation, index) => (situation.Name, index)).ToDictionary(entry => entry.Name, entry => entry.index, StringComparer.Ordinal);

        // First what holds for one combination in several situations, then combinations that change alike.
        var byCombination = found.GroupBy(item => item.Combination).SelectMany(Telling).GroupBy(item => (item.Combination, Key: item.Change.Key))
            .Select(group => (group.Key.Combination, group.Key.Key, group.First().Change,
                Situations: WorthNaming(group.Select(item => item.Situation).OrderBy(name => order[name]).ToList())));
        return
        [
            .. from item in byCombination
               let c = item.Combination
               group item by (c.Purpose, c.Caller, c.Category, c.Operation, item.Key, Situations: string.Join('\n', item.Situations)) into alike
               let first = alike.First()
               orderby first.Change.Kind, first.Situations[0].Length > 0, alike.Key.Purpose, alike.Key.Caller, alike.Key.Category, alike.Key.Operation, alike.Key.Situations
               select new CellChange(
                   alike.Key.Purpose, alike.Key.Caller, alike.Key.Category, alike.Key.Operation,
                   Distinct(alike.Select(item => item.Combination.Role)), Distinct(alike.Select(item => item.Combination.Target)), first.Situations, first.Change),
        ];
    }

    // A situation in which less of the same happens than in the favourable case says nothing new.
    private static IEnumerable<(Combination Combination, string Situation, AnswerChange Change)> Telling(
        IEnumerable<(Combination Combination, string Situation, AnswerChange Change)> changes)
    {
        var all = changes.ToList();
        var favourable = all.Find(item => item.Situation.Length == 0).Change;
        return all.Where(item => item.Situation.Length == 0 || favourable is null || !item.Change.IsLessThan(favourable));
    }

    // What changes in the favourable case changes in most others as well; naming those would hide what matters.
    private static List<string> WorthNaming(List<string> situations) => situations[0].Length == 0 ? [""] : situations;

    private static List<string> Distinct(IEnumerable<string> items) => [.. items.Distinct().Order(StringComparer.Ordinal)];
}
