using Keten.Contracts;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>The adapter refuses this call. Carries codes and standing texts only.</summary>
internal sealed class AdapterRefusedException(Refusal refusal, string? exactCode = null, string policyRevision = "") : Exception(refusal.Code)
{
    /// <summary>What the caller is told.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <summary>What the organisation's own log is told.</summary>
    public string ExactCode { get; } = exactCode ?? refusal.Code;

    /// <summary>The bundle this organisation decided by; empty when it did not come to that.</summary>
    public string PolicyRevision { get; } = policyRevision;
}
