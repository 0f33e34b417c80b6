namespace Keten.PolicyTools.Matrix;

/// <summary>A combination the policy allows under favourable facts.</summary>
/// <param name="Combination">Who, what, whom, why.</param>
/// <param name="State">The favourable facts, with an age and crisis level that fit the purpose.</param>
/// <param name="Answer">What the policy answered.</param>
public sealed record OpenCombination(Combination Combination, CaseState State, PolicyAnswer Answer);
