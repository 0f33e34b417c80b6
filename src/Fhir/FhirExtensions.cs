using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;

namespace Keten.Fhir;

/// <summary>Extensions in R4's own form.</summary>
internal static class FhirExtensions
{
    private const string DataAbsentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    /// <summary>Adds a catalogue field R4 has no element for; nothing when it has no value.</summary>
    public static void AddField(this IExtendable element, string field, DataType? value)
    {
        if (value is not null)
        {
            element.Extension.Add(new Extension(FhirNames.ExtensionRoot + field, value));
        }
    }

    /// <summary>For an element R4 requires: why it has no value.</summary>
    public static T WithoutValue<T>(this T element, bool masked)
        where T : DataType
    {
        element.Extension.Add(new Extension(DataAbsentReason, new Code(masked ? "masked" : "unknown")));
        return element;
    }
}
