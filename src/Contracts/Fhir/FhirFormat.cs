namespace Keten.Contracts.Fhir;

/// <summary>The two forms of FHIR content.</summary>
public enum FhirFormat
{
    /// <summary><c>application/fhir+json</c>, also when nothing is asked.</summary>
    Json,

    /// <summary><c>application/fhir+xml</c>.</summary>
    Xml,
}
