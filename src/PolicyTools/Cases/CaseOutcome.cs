namespace Keten.PolicyTools.Cases;

/// <summary>One point on which the policy answered otherwise than a case expects.</summary>
/// <param name="What">Member of <c>expect</c>.</param>
/// <param name="Expected">What the case says, as JSON.</param>
/// <param name="Got">What the policy answered, as JSON.</param>
public sealed record CaseDifference(string What, string Expected, string Got);

/// <summary>A case and what came of it.</summary>
/// <param name="Case">The case.</param>
/// <param name="Answer">What the policy answered.</param>
/// <param name="Differences">Empty when it is as expected.</param>
public sealed record CaseOutcome(PolicyCase Case, PolicyAnswer Answer, IReadOnlyList<CaseDifference> Differences)
{
    public bool AsExpected => Differences.Count == 0;
}
