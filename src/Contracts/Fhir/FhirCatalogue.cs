using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Keten.Contracts.Fhir;

/// <summary>Every resource type that may be asked for through the gateway. What is not here is refused before the policy runs.</summary>
public static class FhirCatalogue
{
    private static readonly FhirParameter Id = new("_id", FhirParameterKind.Id);

    private static readonly FhirParameter[] OfAPatient =
        [Id, new("patient", FhirParameterKind.PatientReference), new("patient:identifier", FhirParameterKind.Pseudonym)];

    /// <summary>Comes along with what it is about, of the same decision; not asked for by itself.</summary>
    public const string Provenance = "Provenance";

    private static readonly FhirInclude ItsProvenance = new("_revinclude", "Provenance:target", Provenance);

    /// <summary>Name and address (<c>naw</c>).</summary>
    public static FhirResourceType Patient { get; } = new(
        "Patient", "/keten.person.v1.PersonService/GetPerson", [Id, new("identifier", FhirParameterKind.Pseudonym)])
    {
        UpdatePath = "/keten.person.v1.PersonService/CorrectPerson",
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["identifier"] = [],
            ["name"] = ["given_names", "initials", "family_name_prefix", "family_name"],
            ["birthDate"] = ["birth_date"],
            ["gender"] = ["gender"],
            ["address"] = ["street", "house_number", "house_number_addition", "postal_code", "city", "municipality_code"],
            ["telecom"] = ["phone", "email"],
            ["communication"] = ["language"],
            ["extension"] = ["interpreter_needed", "secret_address"],
        },
        SummaryElements = ["name", "birthDate", "gender", "address", "telecom"],
        Includes = [new("_revinclude", "RelatedPerson:patient", "RelatedPerson"), new("_revinclude", "EpisodeOfCare:patient", "EpisodeOfCare"), ItsProvenance],
    };

    /// <summary>Family, custody and household (<c>gezinssamenstelling</c>).</summary>
    public static FhirResourceType RelatedPerson { get; } = new("RelatedPerson", "/keten.person.v1.HouseholdService/GetHousehold", OfAPatient)
    {
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["identifier"] = ["relation_id"],
            ["relationship"] = ["relation_type"],
            ["name"] = ["related_person"],
            ["period"] = ["valid_from", "valid_to"],
            ["extension"] = ["lives_in_household", "legal_custody", "custody_measure", "care_arrangement", "contact_restriction"],
        },
        SummaryElements = ["identifier", "relationship", "name"],
        Includes = [new("_include", "RelatedPerson:patient", "Patient"), ItsProvenance],
    };

    /// <summary>The organisation's own involvement (<c>betrokkenheid</c>).</summary>
    public static FhirResourceType EpisodeOfCare { get; } = new(
        "EpisodeOfCare", "/keten.involvement.v1.InvolvementService/GetInvolvement", OfAPatient)
    {
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["identifier"] = ["involvement_id"],
            ["status"] = ["status"],
            ["period"] = ["started_on", "ended_on"],
            ["careManager"] = ["contact_professional"],
            ["managingOrganization"] = ["organisation", "organisation_type", "department", "contact_desk", "contact_phone", "contact_email"],
            ["extension"] = ["legal_frame", "case_lead", "last_confirmed_on"],
        },
        SummaryElements = ["status", "managingOrganization", "period"],
        RequiredFields = ["status"],
        Includes = [new("_include", "EpisodeOfCare:patient", "Patient"), ItsProvenance],
    };

    private static readonly FrozenDictionary<string, FhirResourceType> Types =
        new[] { Patient, RelatedPerson, EpisodeOfCare }.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>All of the above.</summary>
    public static IReadOnlyCollection<FhirResourceType> All => Types.Values;

    /// <summary>False for a type that is not offered.</summary>
    public static bool TryGet(string name, [MaybeNullWhen(false)] out FhirResourceType type) => Types.TryGetValue(name, out type);
}
