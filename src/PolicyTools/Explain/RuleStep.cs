namespace Keten.PolicyTools.Explain;

/// <summary>One rule of the explanation.</summary>
/// <param name="Rule">R1 to R22.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Nl">What the rule asks, in Dutch.</param>
/// <param name="En">The same in English.</param>
public sealed record RuleStep(string Rule, RuleStatus Status, string Nl, string En);
