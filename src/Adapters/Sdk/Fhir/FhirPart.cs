using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>What becomes one resource, where that is not one item of the answer: some items together, or a part of one.</summary>
/// <param name="Name">What it is known by among those of one person; only ever hashed.</param>
/// <param name="Items">Pruned before they are mapped.</param>
/// <param name="References">What it refers to: type and id.</param>
internal sealed record FhirPart<T>(string Name, IReadOnlyList<T> Items, IReadOnlyList<(FhirResourceType Type, string Id)> References)
{
    /// <summary>References to resources of one type.</summary>
    public IEnumerable<ResourceReference> To(FhirResourceType type) => References.Where(r => r.Type == type).Select(r => new ResourceReference($"{type.Name}/{r.Id}"));
}
