using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Keten.Contracts.Fhir;

/// <summary>Every resource type that may be asked for through the gateway. What is not here is refused before the policy runs.</summary>
public static class FhirCatalogue
{
    private static readonly FhirParameter Id = new("_id", FhirParameterKind.Id);

    private static readonly FhirParameter[] OfAPatient =
        [Id, new("patient", FhirParameterKind.PatientReference), new("patient:identifier", FhirParameterKind.Pseudonym)];

    /// <summary>Name and address (<c>naw</c>).</summary>
    public static FhirResourceType Patient { get; } = new(
        "Patient", "/keten.person.v1.PersonService/GetPerson", [Id, new("identifier", FhirParameterKind.Pseudonym)]);

    /// <summary>Family, custody and household (<c>gezinssamenstelling</c>).</summary>
    public static FhirResourceType RelatedPerson { get; } = new("RelatedPerson", "/keten.person.v1.HouseholdService/GetHousehold", OfAPatient);

    /// <summary>The organisation's own involvement (<c>betrokkenheid</c>).</summary>
    public static FhirResourceType EpisodeOfCare { get; } = new(
        "EpisodeOfCare", "/keten.involvement.v1.InvolvementService/GetInvolvement", OfAPatient);

    private static readonly FrozenDictionary<string, FhirResourceType> Types =
        new[] { Patient, RelatedPerson, EpisodeOfCare }.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>All of the above.</summary>
    public static IReadOnlyCollection<FhirResourceType> All => Types.Values;

    /// <summary>False for a type that is not offered.</summary>
    public static bool TryGet(string name, [MaybeNullWhen(false)] out FhirResourceType type) => Types.TryGetValue(name, out type);
}
