namespace Keten.Contracts.Fhir;

/// <summary>A search parameter that is offered for a resource type.</summary>
/// <param name="Name">As in the request, for instance <c>patient:identifier</c>.</param>
/// <param name="Kind">What its value may be.</param>
public sealed record FhirParameter(string Name, FhirParameterKind Kind);
