namespace Keten.PolicyTools.Matrix;

/// <summary>Who asks what of whom, for which purpose: everything of a call but the facts of the case. Ids of the register.</summary>
public sealed record Combination(string Caller, string Role, string Purpose, string Category, string Operation, string Target);
