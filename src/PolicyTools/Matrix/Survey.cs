using System.Collections.Concurrent;

namespace Keten.PolicyTools.Matrix;

/// <summary>
/// Asks a policy about every combination of organisation type, role, purpose, category, operation and target, with facts that speak for the
/// caller. What comes out is what the policy does, not what the register seems to say.
/// </summary>
public static class Survey
{
    private static readonly string[] Levels = ["red", "orange", "green", "none"];

    /// <summary>What is open, in order of the register.</summary>
    public static IReadOnlyList<OpenCombination> Run(LoadedPolicy policy, CancellationToken cancellationToken) => Run(policy, purpose: null, cancellationToken);

    /// <summary>The same of one purpose; null: all.</summary>
    public static IReadOnlyList<OpenCombination> Run(LoadedPolicy policy, string? purpose, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var register = policy.Register;
        var found = new ConcurrentBag<List<OpenCombination>>();
        var pairs = from entry in register.Purposes where purpose is null || entry.Id == purpose from caller in register.Callers select (entry.Id, caller);
        Parallel.ForEach(
            pairs,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            pair => found.Add([.. Of(policy, pair.Id, pair.caller.Id)]));
        return [.. found.SelectMany(list => list)
            .OrderBy(open => open.Combination.Purpose, StringComparer.Ordinal).ThenBy(open => open.Combination.Caller, StringComparer.Ordinal)
            .ThenBy(open => open.Combination.Category, StringComparer.Ordinal).ThenBy(open => open.Combination.Operation, StringComparer.Ordinal)
            .ThenBy(open => open.Combination.Target, StringComparer.Ordinal).ThenBy(open => open.Combination.Role, StringComparer.Ordinal)];
    }

    /// <summary>Favourable facts under which the policy allows the combination; null when there are none.</summary>
    public static OpenCombination? FindOpen(LoadedPolicy policy, Combination combination, out PolicyAnswer last)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var favourable = CaseState.Favourable(policy.Register.States);
        last = PolicyAnswer.None("not asked");
        foreach (var age in Ages(policy.Register))
        {
            foreach (var level in Levels)
            {
                var state = favourable with { Age = age, CrisisLevel = level };
                last = policy.Ask(state.InputFor(combination));
                if (last.Allow)
                {
                    return new OpenCombination(combination, state, last);
                }

                if (last.Rule != "R13")
                {
                    break;
                }
            }

            // Only these rules look at the age; another refusal stays one at every age.
            if (last.Rule is not ("R11" or "R13" or "R15" or "R16" or "R17"))
            {
                return null;
            }
        }

        return null;
    }

    // 30, 17, 13 and 8 lie in the age groups the law tells apart; the bounds of the grants catch any other range.
    private static readonly int[] AgesOfTheLaw = [30, 17, 13, 8];

    private static IEnumerable<int> Ages(PolicyRegister register) => AgesOfTheLaw.Concat(register.AgeBounds).Distinct();

    private static IEnumerable<OpenCombination> Of(LoadedPolicy policy, string purpose, string caller)
    {
        var register = policy.Register;
        foreach (var role in register.Roles(caller))
        {
            foreach (var category in register.Categories)
            {
                var last = PolicyAnswer.None("not asked");
                foreach (var open in Of(policy, new Combination(caller, role, purpose, category.Id, "", ""), answer => last = answer))
                {
                    yield return open;
                }

                // R6 and R7 know only purpose, caller and role (domain.md section 6).
                if (last.Rule is "R6" or "R7")
                {
                    break;
                }
            }
        }
    }

    // Stops asking where the answer can no longer depend on what is left to vary: R8 knows only purpose and category, and R9 narrows by
    // caller, then operation, then target, each with a code of its own.
    private static IEnumerable<OpenCombination> Of(LoadedPolicy policy, Combination start, Action<PolicyAnswer> onAnswer)
    {
        foreach (var operation in policy.Register.Operations)
        {
            foreach (var target in policy.Register.OrganisationTypes)
            {
                if (FindOpen(policy, start with { Operation = operation, Target = target.Id }, out var last) is { } open)
                {
                    yield return open;
                }

                onAnswer(last);
                if (last.Rule is "R6" or "R7" or "R8" || last.ReasonCode == "CATEGORY_NOT_FOR_CALLER")
                {
                    yield break;
                }

                if (last.ReasonCode == "OPERATION_NOT_PERMITTED")
                {
                    break;
                }
            }
        }
    }
}
