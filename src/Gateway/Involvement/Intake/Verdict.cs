using Keten.Policy;

namespace Keten.Gateway.Involvement.Intake;

/// <summary>What was decided on one report, before it has effect.</summary>
/// <param name="Allowed">The report may count (M1).</param>
/// <param name="ReasonCode">Exact code, for the log and the dead letter.</param>
/// <param name="CallerCode">What the reporter is told.</param>
/// <param name="DecisionId">UUIDv7.</param>
/// <param name="Policy">The policy's answer; null when it was refused before.</param>
/// <param name="Input">What the policy was asked; null when it was refused before.</param>
internal sealed record Verdict(
    bool Allowed, string ReasonCode, string CallerCode, string DecisionId, PolicyDecision? Policy = null, PolicyInput? Input = null)
{
    /// <summary>What was expected, when the report could be read and yet was refused before the policy; never a value from the record.</summary>
    public string Expected { get; init; } = "";

    public IReadOnlyList<string> Obligations => Allowed ? Policy?.Obligations ?? [] : [];
}
