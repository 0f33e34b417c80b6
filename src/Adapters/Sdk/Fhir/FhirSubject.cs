using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Contracts.Fhir;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>Whom the call is about, for references and identifiers; and which fields the decision keeps back.</summary>
/// <param name="Call">The call.</param>
/// <param name="PatientId">Id of the person's Patient today.</param>
internal sealed record FhirSubject(VerifiedCall Call, string PatientId)
{
    /// <summary>The pseudonym; the one identifier of a person that is ever given.</summary>
    public Identifier Pseudonym => new(FhirNames.PseudonymSystem, Call.Permit.Subject);

    /// <summary>A reference for the resources that hang on the person; resolvable, and without the pseudonym in the URL.</summary>
    public ResourceReference Reference => new($"Patient/{PatientId}") { Type = "Patient", Identifier = Pseudonym };

    /// <summary>The decision keeps this field back.</summary>
    public bool Masks(string field) => !Call.Decision.Fields.Contains(field, StringComparer.Ordinal);
}
