using Hl7.Fhir.Model;

namespace Keten.Fhir;

/// <summary>What was found for one read, or for one page of a search.</summary>
/// <param name="Resources">With id and meta.</param>
/// <param name="Total">How many there are of the same question on all pages; what may not be seen does not count.</param>
/// <param name="More">There are more after the last.</param>
/// <param name="Terms">Of the decision they were given under.</param>
internal sealed record FhirFound(IReadOnlyList<DomainResource> Resources, int Total, bool More, FhirTerms Terms);
