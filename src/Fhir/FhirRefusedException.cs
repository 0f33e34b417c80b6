using Keten.Contracts;

namespace Keten.Fhir;

/// <summary>A FHIR request that is refused for what it holds. Never shown as text.</summary>
/// <param name="refusal">Why.</param>
internal sealed class FhirRefusedException(Refusal refusal) : Exception(refusal.Code)
{
    public Refusal Refusal { get; } = refusal;
}
