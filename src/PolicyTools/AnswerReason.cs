namespace Keten.PolicyTools;

/// <summary>Why the policy refused, in words.</summary>
/// <param name="Code">Stable reason code.</param>
/// <param name="Disclosable">Whether the caller is told this one (R22).</param>
/// <param name="Nl">What is wrong and what the professional can do, in Dutch.</param>
/// <param name="En">The same in English.</param>
public sealed record AnswerReason(string Code, bool Disclosable, string Nl, string En);
