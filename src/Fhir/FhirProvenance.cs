using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;

namespace Keten.Fhir;

/// <summary>Where resources come from and why they may be here (<c>_revinclude=Provenance:target</c>). Of the same decision as what it is about.</summary>
internal static class FhirProvenance
{
    /// <param name="found">What was given, at least one.</param>
    /// <param name="root">Where callers know this server: the targets are absolute, as nothing is relative to an entry with a urn:uuid.</param>
    /// <param name="now">When.</param>
    public static Provenance Of(FhirFound found, string root, DateTimeOffset now) => new()
    {
        Id = found.Terms.DecisionId,
        Target = [.. found.Resources.Select(r => new ResourceReference($"{root}/{r.TypeName}/{r.Id}"))],
        Recorded = now,
        Activity = new CodeableConcept("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose"),
        Reason = [new CodeableConcept($"{FhirNames.Root}/CodeSystem/purpose", found.Terms.Purpose)],
        Agent =
        [
            new Provenance.AgentComponent
            {
                Type = new CodeableConcept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian"),
                Who = new ResourceReference { Type = "Organization", Identifier = new Identifier(FhirNames.OinSystem, found.Terms.Provider) },
            },
        ],
        Entity =
        [
            new Provenance.EntityComponent
            {
                Role = Provenance.ProvenanceEntityRole.Source,
                What = new ResourceReference { Identifier = new Identifier($"{FhirNames.Root}/NamingSystem/decision", found.Terms.DecisionId) },
            },
        ],
    };
}
