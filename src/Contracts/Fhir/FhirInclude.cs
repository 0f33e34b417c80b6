namespace Keten.Contracts.Fhir;

/// <summary>What a search may bring along. Each is a question of its own, with its own decision and record.</summary>
/// <param name="Parameter"><c>_include</c> or <c>_revinclude</c>.</param>
/// <param name="Value">As R4 writes it, for instance <c>RelatedPerson:patient</c>.</param>
/// <param name="Type">Name of the resource type it brings.</param>
public sealed record FhirInclude(string Parameter, string Value, string Type);
