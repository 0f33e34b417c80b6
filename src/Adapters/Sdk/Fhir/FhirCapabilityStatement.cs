using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Hosting;
using Keten.Contracts.Fhir;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>What this adapter offers, from the ports the organisation has; nothing that is not there.</summary>
internal sealed class FhirCapabilityStatement(AdapterOptions options, IEnumerable<IFhirResource> resources)
{
    /// <summary>When this version of the mapping was made; the statement changes with the software, not with the clock.</summary>
    private const string Date = "2026-11-23";

    public CapabilityStatement Make(string address) => new()
    {
        Status = PublicationStatus.Active,
        Date = Date,
        Kind = CapabilityStatementKind.Instance,
        Software = new CapabilityStatement.SoftwareComponent { Name = "KetenGateway" },
        Implementation = new CapabilityStatement.ImplementationComponent { Description = options.Name.Length > 0 ? options.Name : "KetenGateway adapter", Url = address },
        FhirVersion = FHIRVersion.N4_0_1,
        Format = ["application/fhir+json", "application/fhir+xml"],
        Rest =
        [
            new CapabilityStatement.RestComponent
            {
                Mode = CapabilityStatement.RestfulCapabilityMode.Server,
                Documentation = "Every request names a purpose, a professional and a person in keten- headers; what comes back depends on the decision. See docs/fhir.md.",
                Security = new CapabilityStatement.SecurityComponent { Description = "Mutual TLS with a certificate of the federation; a decision for every request." },
                Resource = [.. resources.Where(r => r.IsOffered).Select(r => Resource(r.Type))],
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
