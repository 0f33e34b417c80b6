namespace Keten.Contracts.Fhir;

/// <summary>The forms a parameter's value may have. There is no free text: nothing a caller makes up travels to another organisation.</summary>
public enum FhirParameterKind
{
    /// <summary>An id this server gave.</summary>
    Id,

    /// <summary>A reference to the patient by such an id: <c>Patient/id</c> or <c>id</c>.</summary>
    PatientReference,

    /// <summary>System and pseudonym; by POST only, and the same person as in <c>keten-subject</c>.</summary>
    Pseudonym,
}
