using Hl7.Fhir.Model;

namespace Keten.Fhir;

/// <summary>What a resource says of itself.</summary>
internal static class FhirLabels
{
    private const string ObservationValue = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

    /// <summary>Incomplete: the decision or the question left something out. Such a resource is not taken back.</summary>
    public static Coding Subsetted => new(ObservationValue, "SUBSETTED");

    /// <summary>The resource carries <see cref="Subsetted"/>, in either place.</summary>
    public static bool IsSubsetted(Resource resource) =>
        resource.Meta is { } meta && meta.Tag.Concat(meta.Security).Any(c => c.Code == "SUBSETTED" && c.System is null or ObservationValue);
}
