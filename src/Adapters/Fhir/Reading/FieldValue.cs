using Hl7.Fhir.Model;
using Keten.Adapters.Fhir.Mapping;
using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Fhir.Reading;

/// <summary>One field's value in a resource.</summary>
internal static class FieldValue
{
    private const string Year = "yyyy";
    private const string Month = "yyyy-mm";

    /// <summary>Null is absent; false is a value the mapping does not know what to do with, or more than one.</summary>
    public static bool TryRead(FieldMapping mapping, Resource resource, Func<string, Resource?> resolve, out string? value)
    {
        value = mapping.Constant;
        if (mapping.Path is not { } path)
        {
            return true;
        }

        if (!TrySelect(path, resource, resolve, out var selected) || selected.Count > 1 || selected is [not PrimitiveType])
        {
            return false;
        }

        value = selected is [var single] ? single.ToString()?.Trim() : null;
        if (string.IsNullOrEmpty(value))
        {
            value = mapping.WhenNull;
            return true;
        }

        if (mapping.Field.Kind == FieldKind.Date && selected is [Date or FhirDateTime] && value.Length is var length && (length == Year.Length || length == Month.Length))
        {
            // Day or month is not known: as in the BRP, no date and no fault.
            value = null;
            return true;
        }

        return mapping.Fit(ref value);
    }

    /// <summary>False when the expression does not fit what the resource holds.</summary>
    public static bool TrySelect(FhirPathExpression path, Resource resource, Func<string, Resource?> resolve, out IReadOnlyList<Base> selected)
    {
        try
        {
            selected = path.Select(resource, resolve);
            return true;
        }
        catch (Exception failure) when (FhirPathExpression.IsFailure(failure))
        {
            // Its text quotes the resource; the caller names the key.
            selected = [];
            return false;
        }
    }
}
