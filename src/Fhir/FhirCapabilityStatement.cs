using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;

namespace Keten.Fhir;

/// <summary>What a server offers; nothing that is not there.</summary>
internal static class FhirCapabilityStatement
{
    /// <summary>When this version of the mapping was made; the statement changes with the software, not with the clock.</summary>
    private const string Date = "2026-11-23";

    /// <param name="description">Whose server it is.</param>
    /// <param name="address">Where callers know it.</param>
    /// <param name="offered">What it can answer.</param>
    /// <param name="fragment">What the policy offers for a purpose, as <see cref="FhirNames.FragmentHeader"/> has it; null: no purpose was named.</param>
    public static CapabilityStatement Make(string description, string address, IEnumerable<FhirResourceType> offered, IReadOnlyCollection<string>? fragment)
    {
        var types = offered.Where(t => fragment is null || fragment.Contains(t.Name) || fragment.Contains(t.UpdateName)).ToList();
        return Make(description, address, types, fragment);
    }

    private static CapabilityStatement Make(string description, string address, List<FhirResourceType> types, IReadOnlyCollection<string>? fragment) => new()
    {
        Status = PublicationStatus.Active,
        Date = Date,
        Kind = CapabilityStatementKind.Instance,
        Software = new CapabilityStatement.SoftwareComponent { Name = "KetenGateway" },
        Implementation = new CapabilityStatement.ImplementationComponent { Description = description, Url = address },
        FhirVersion = FHIRVersion.N4_0_1,
        Format = ["application/fhir+json", "application/fhir+xml"],
        Rest =
        [
            new CapabilityStatement.RestComponent
            {
                Mode = CapabilityStatement.RestfulCapabilityMode.Server,
                Documentation = (fragment is null ? "" : "For this caller, role and purpose only. ") + "Every request names a purpose, a professional and a person in keten- headers; what comes back depends on the decision. See docs/fhir.md.",
                Security = new CapabilityStatement.SecurityComponent { Description = "Mutual TLS with a certificate of the federation; a decision for every request." },
                Resource = [.. types.Select(type => Resource(type, types, fragment)), .. types.Contains(FhirCatalogue.QuestionnaireResponse) ? [Form()] : Array.Empty<CapabilityStatement.ResourceComponent>()],
            },
        ],
    };

    private static CapabilityStatement.ResourceComponent Form() => new()
    {
        Type = "Questionnaire",
        Interaction = [new() { Code = CapabilityStatement.TypeRestfulInteraction.Read }],
        Documentation = $"Questionnaire/{FhirNames.CrisisIntakeForm} only: the questions that a QuestionnaireResponse answers. Needs no purpose.",
    };

    private static CapabilityStatement.ResourceComponent Resource(FhirResourceType type, List<FhirResourceType> types, IReadOnlyCollection<string>? fragment) => new()
    {
        Type = type.Name,
        Interaction = [.. Interactions(type, fragment).Select(code => new CapabilityStatement.ResourceInteractionComponent { Code = code })],

        // Each has meta.versionId and an ETag; no earlier version can be read.
        Versioning = CapabilityStatement.ResourceVersionPolicy.Versioned,
        ReadHistory = false,
        UpdateCreate = false,
        ConditionalCreate = false,
        ConditionalRead = CapabilityStatement.ConditionalReadStatus.NotMatch,
        ConditionalUpdate = false,
        ConditionalDelete = CapabilityStatement.ConditionalDeleteStatus.NotSupported,
        SearchInclude = [.. Included(type, "_include", types)],
        SearchRevInclude = [.. Included(type, "_revinclude", types)],
        SearchParam = [.. type.Parameters.GroupBy(p => p.Name.Split(':')[0], StringComparer.Ordinal).Select(Parameter)],
    };

    private static IEnumerable<CapabilityStatement.TypeRestfulInteraction> Interactions(FhirResourceType type, IReadOnlyCollection<string>? fragment)
    {
        if (fragment is null || fragment.Contains(type.Name))
        {
            yield return CapabilityStatement.TypeRestfulInteraction.Read;
            yield return CapabilityStatement.TypeRestfulInteraction.SearchType;
        }

        if (type.UpdatePath is not null && (fragment is null || fragment.Contains(type.UpdateName)))
        {
            yield return CapabilityStatement.TypeRestfulInteraction.Update;
        }
    }

    private static IEnumerable<string> Included(FhirResourceType type, string parameter, List<FhirResourceType> types) => type.Includes
        .Where(i => i.Parameter == parameter && (i.Type == FhirCatalogue.Provenance || types.Exists(t => t.Name == i.Type))).Select(i => i.Value);

    /// <summary>A modifier is no parameter of its own: it stands in the words.</summary>
    private static CapabilityStatement.SearchParamComponent Parameter(IGrouping<string, FhirParameter> forms) => new()
    {
        Name = forms.Key,
        Type = forms.First().Kind switch
        {
            FhirParameterKind.Before => SearchParamType.Date,
            FhirParameterKind.Words => SearchParamType.String,
            FhirParameterKind.OrganisationReference or FhirParameterKind.PatientReference => SearchParamType.Reference,
            _ => forms.All(f => f.Name == forms.Key) ? SearchParamType.Token : SearchParamType.Reference,
        },
        Documentation = string.Join(' ', forms.Select(f => $"{f.Name}: {Words(f.Kind)}")),
    };

    private static string Words(FhirParameterKind kind) => kind switch
    {
        FhirParameterKind.Id => "an id that was given today or yesterday.",
        FhirParameterKind.PatientReference => "an id of Patient that was given today or yesterday.",
        FhirParameterKind.Pseudonym => $"system {FhirNames.PseudonymSystem} only, by POST to _search only, and the same person as in keten-subject.",
        FhirParameterKind.Oin => "an OIN.",
        FhirParameterKind.OinIdentifier => $"system {FhirNames.OinSystem}.",
        FhirParameterKind.OrganisationReference => "Organization/ and an OIN.",
        FhirParameterKind.OrganisationType => $"a code of {FhirNames.OrganisationTypeSystem}.",
        FhirParameterKind.Region => $"system {FhirNames.RegionSystem}, the whole name.",
        FhirParameterKind.CrisisReachable => $"{FhirNames.CrisisReachable} of {FhirNames.CharacteristicSystem}.",
        FhirParameterKind.Words => "part of an expertise, of the offer or of the target group; at most 60 characters.",
        FhirParameterKind.Before => "lt and a date or an instant; no other prefix.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
