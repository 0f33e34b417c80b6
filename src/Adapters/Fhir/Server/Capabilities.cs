using Hl7.Fhir.Model;

namespace Keten.Adapters.Fhir.Server;

/// <summary>What a server says it can do, as far as a mapping needs it.</summary>
/// <param name="IsR4">It speaks this version.</param>
/// <param name="Searches">By resource type, the names of the search parameters.</param>
internal sealed record Capabilities(bool IsR4, IReadOnlyDictionary<string, IReadOnlyList<string?>> Searches)
{
    public static Capabilities Read(CapabilityStatement statement) => new(
        statement.FhirVersion is FHIRVersion.N4_0 or FHIRVersion.N4_0_0 or FHIRVersion.N4_0_1,
        statement.Rest.SelectMany(r => r.Resource).Where(r => r.Type is not null)
            .GroupBy(r => r.Type!, StringComparer.Ordinal)
            .ToDictionary(r => r.Key, IReadOnlyList<string?> (r) => [.. r.SelectMany(t => t.SearchParam).Select(p => p.Name)], StringComparer.Ordinal));
}
