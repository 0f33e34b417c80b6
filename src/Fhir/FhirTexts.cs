using Hl7.Fhir.Model;

namespace Keten.Fhir;

/// <summary>Texts of the contracts, where empty is none; R4 has no empty texts.</summary>
internal static class FhirTexts
{
    /// <summary>Null for no text.</summary>
    public static FhirString? Of(string text) => text.Length > 0 ? new FhirString(text) : null;
}
