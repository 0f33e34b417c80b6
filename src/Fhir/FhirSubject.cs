using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;

namespace Keten.Fhir;

/// <summary>Whom the call is about, for references and identifiers; and which fields the decision keeps back.</summary>
/// <param name="Terms">Of the call.</param>
/// <param name="PatientId">Id of the person's Patient today; null where there is none.</param>
/// <param name="Base">Where callers know this server.</param>
internal sealed record FhirSubject(FhirTerms Terms, string? PatientId, string Base)
{
    /// <summary>The pseudonym; the one identifier of a person that is ever given.</summary>
    public Identifier Pseudonym => new(FhirNames.PseudonymSystem, Terms.Subject);

    /// <summary>A reference for the resources that hang on the person; resolvable where there is a Patient, and without the pseudonym in the URL.</summary>
    public ResourceReference Reference => new() { Reference = PatientId is null ? null : $"Patient/{PatientId}", Type = "Patient", Identifier = Pseudonym };

    /// <summary>The decision keeps this field back.</summary>
    public bool Masks(string field) => !Terms.Fields.Contains(field, StringComparer.Ordinal);
}
