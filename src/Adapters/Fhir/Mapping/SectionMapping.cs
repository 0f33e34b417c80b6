namespace Keten.Adapters.Fhir.Mapping;

/// <summary>One port's mapping.</summary>
internal sealed record SectionMapping(string Name, int SearchLine)
{
    public required SearchTemplate Search { get; init; }

    public required IReadOnlyList<FieldMapping> Fields { get; init; }

    /// <summary>A resource of which this is true does not exist for others.</summary>
    public FhirPathExpression? LeaveOut { get; init; }

    /// <summary>References of which the resource is needed as well, one step after the other.</summary>
    public IReadOnlyList<FhirPathExpression> Follow { get; init; } = [];

    /// <summary>More pages than this is no answer.</summary>
    public int MaxPages { get; init; } = 1;
}
