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
    public static CapabilityStatement Make(string description, string address, IEnumerable<FhirResourceType> offered) => new()
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
                Documentation = "Every request names a purpose, a professional and a person in keten- headers; what comes back depends on the decision. See docs/fhir.md.",
                Security = new CapabilityStatement.SecurityComponent { Description = "Mutual TLS with a certificate of the federation; a decision for every request." },
                Resource = [.. offered.Select(Resource)],
            },
        ],
    };

    private static CapabilityStatement.ResourceComponent Resource(FhirResourceType type) => new()
    {
        Type = type.Name,
        Interaction =
        [
            new() { Code = CapabilityStatement.TypeRestfulInteraction.Read }, new() { Code = CapabilityStatement.TypeRestfulInteraction.SearchType },
        ],
        Versioning = CapabilityStatement.ResourceVersionPolicy.NoVersion,
        ReadHistory = false,
        UpdateCreate = false,
        ConditionalCreate = false,
        ConditionalRead = CapabilityStatement.ConditionalReadStatus.NotMatch,
        ConditionalUpdate = false,
        ConditionalDelete = CapabilityStatement.ConditionalDeleteStatus.NotSupported,
        SearchParam = [.. type.Parameters.Where(p => !p.Name.Contains(':', StringComparison.Ordinal)).Select(Parameter)],
    };

    private static CapabilityStatement.SearchParamComponent Parameter(FhirParameter parameter) => new()
    {
        Name = parameter.Name,
        Type = parameter.Kind == FhirParameterKind.PatientReference ? SearchParamType.Reference : SearchParamType.Token,
        Documentation = parameter.Kind switch
        {
            FhirParameterKind.Pseudonym => $"System {FhirNames.PseudonymSystem} only, by POST to _search only, and the same person as in keten-subject.",
            FhirParameterKind.PatientReference => "An id of Patient that was given today or yesterday; with :identifier the pseudonym, by POST to _search only.",
            _ => "An id that was given today or yesterday.",
        },
    };
}
