using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Fhir.Mapping;

/// <summary>How one field is filled.</summary>
internal sealed record FieldMapping(CatalogueField Field, string Key, int Line) : ValueMapping(Field, Key, Line)
{
    /// <summary>Where its value is in the resource; null for a constant.</summary>
    public FhirPathExpression? Path { get; init; }
}
