namespace Keten.Adapters.Fhir.Reading;

/// <summary>A client's own id is the id of the Patient.</summary>
internal static class ClientId
{
    private const int MaxLength = 64;

    /// <summary>
    /// True for what R4 takes for an id. Anything else is nobody's, and is not sent: a comma in it would be a search for several, an ampersand another search.
    /// </summary>
    public static bool IsValid(string id) => id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
