using Keten.PolicyTools.Matrix;

namespace Keten.PolicyTools.Diff;

/// <summary>
/// A way in which a case differs from a favourable one. A bundle that drops a condition opens nothing for who fulfils everything: it opens for
/// who does not, and only asking about that shows it.
/// </summary>
/// <param name="Name">For people, for instance <c>without caller_involved</c>; empty for the favourable case itself.</param>
/// <param name="Change">From the favourable facts to these.</param>
public sealed record Situation(string Name, Func<CaseState, CaseState> Change)
{
    private static readonly int[] LegalAges = [0, 11, 12, 15, 16, 17, 18, 22, 23];

    private static readonly string[] CrisisLevels = ["none", "green", "orange", "red"];

    /// <summary>All situations the registers of these policies know of.</summary>
    public static IReadOnlyList<Situation> All(params LoadedPolicy[] policies) =>
    [
        new("", state => state),
        .. policies.SelectMany(policy => policy.Register.States).Concat(["caller_involved", "target_involved", "invited"]).Distinct()
            .Select(fact => new Situation($"without {fact}", state => state.Without(fact))),
        new("without subject_informed", state => state.Without("subject_informed")),
        new("without subject_informed, exempted for safety", state => state.Without("subject_informed") with { InformExemption = "safety" }),
        new("without consent", state => state with { Consent = null }),
        new("consent refused", state => state with { Consent = "refused" }),
        new("consent of a parent only", state => state with { ConsentBy = ["parent"] }),
        new("consent of the person only", state => state with { ConsentBy = ["subject"] }),
        .. CrisisLevels.Select(level => new Situation($"crisis level {level}", state => state with { CrisisLevel = level })),
        new("age unknown", state => state with { Age = null }),
        .. policies.SelectMany(policy => policy.Register.AgeBounds).SelectMany(bound => new[] { bound - 1, bound, bound + 1 }).Concat(LegalAges)
            .Where(age => age >= 0).Distinct().Order().Select(age => new Situation($"age {age}", state => state with { Age = age })),
        new("login substantial", state => state with { AssuranceLevel = "substantial" }),
        new("login low", state => state with { AssuranceLevel = "low" }),
        new("secret address", state => state with { SecretAddress = true }),
        new("inspection restricted", state => state with { InspectionRestricted = true }),
        new("child objects", state => state with { ChildObjects = true }),
        new("break-glass, not involved", state => state.Without("caller_involved", "target_involved", "invited", "subject_informed") with { BreakGlass = true, CrisisLevel = "red" }),
        new("break-glass, not involved, crisis orange", state => state.Without("caller_involved", "target_involved", "invited", "subject_informed") with { BreakGlass = true, CrisisLevel = "orange" }),
    ];
}
