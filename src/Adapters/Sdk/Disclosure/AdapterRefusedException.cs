using Keten.Contracts;

namespace Keten.Adapters.Sdk.Disclosure;

/// <summary>The adapter refuses this call. Carries codes and standing texts only.</summary>
internal sealed class AdapterRefusedException(Refusal refusal, string? exactCode = null) : Exception(refusal.Code)
{
    /// <summary>What the caller is told.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <summary>What the organisation's own log is told.</summary>
    public string ExactCode { get; } = exactCode ?? refusal.Code;
}
