namespace Keten.Fhir;

/// <summary>What was decided of a call, as far as a resource must know.</summary>
/// <param name="Caller">OIN of who asks.</param>
/// <param name="Provider">OIN of who answers.</param>
/// <param name="Subject">The pseudonym; empty for what is about nobody.</param>
/// <param name="Fields">The fields that may be given.</param>
/// <param name="Partial">The operation has more.</param>
internal sealed record FhirTerms(string Caller, string Provider, string Subject, IReadOnlyCollection<string> Fields, bool Partial)
{
    /// <summary>By which both logs find the decision.</summary>
    public required string DecisionId { get; init; }

    public required string Purpose { get; init; }
}
