namespace Keten.Contracts.Fhir;

/// <summary>How much of what is found is given (<c>_summary</c>). <c>text</c> is not offered: no resource here has a narrative.</summary>
public enum FhirSummary
{
    /// <summary>Everything the decision allows; so too <c>data</c>, because there is no text to leave out.</summary>
    False,

    /// <summary>The elements R4 marks as summary.</summary>
    True,

    /// <summary>How many there are, and none of them; so too <c>_count=0</c>.</summary>
    Count,
}
