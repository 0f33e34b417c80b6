namespace Keten.Contracts.Fhir;

/// <summary>The form of the ids that adapters give: forty hexadecimal digits, which say nothing of a person to who has not the adapter's key.</summary>
public static class FhirId
{
    /// <summary>Length in characters; R4 allows 64.</summary>
    public const int Length = 40;

    /// <summary>Of this form; whether it names anything, only the adapter that gave it can tell.</summary>
    public static bool IsValid(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == Length && text.All(char.IsAsciiHexDigitLower);
    }
}
