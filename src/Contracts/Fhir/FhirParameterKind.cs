namespace Keten.Contracts.Fhir;

/// <summary>The forms a parameter's value may have. Nothing a caller makes up travels to another organisation: there is free text
/// for the gateway itself only.</summary>
public enum FhirParameterKind
{
    /// <summary>An id this server gave.</summary>
    Id,

    /// <summary>A reference to the patient by such an id: <c>Patient/id</c> or <c>id</c>.</summary>
    PatientReference,

    /// <summary>System and pseudonym; by POST only, and the same person as in <c>keten-subject</c>.</summary>
    Pseudonym,

    /// <summary>An OIN, the id of an organisation.</summary>
    Oin,

    /// <summary>An OIN with its system.</summary>
    OinIdentifier,

    /// <summary>A reference to an organisation: <c>Organization/oin</c> or <c>oin</c>.</summary>
    OrganisationReference,

    /// <summary>An organisation type of the register, with or without its system.</summary>
    OrganisationType,

    /// <summary>A region with its system.</summary>
    Region,

    /// <summary>The one characteristic there is, with or without its system.</summary>
    CrisisReachable,

    /// <summary>A few words for the gateway's own directory.</summary>
    Words,

    /// <summary>Before a moment: <c>lt</c> and a date or an instant.</summary>
    Before,
}
