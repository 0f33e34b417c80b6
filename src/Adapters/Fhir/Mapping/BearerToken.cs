namespace Keten.Adapters.Fhir.Mapping;

/// <summary>A bearer token in a file of its own, so that it is in no setting, no process list and no mapping file.</summary>
internal static class BearerToken
{
    private const int MaxLength = 8192;

    /// <summary>Null when the file cannot be read or holds anything that is no token (RFC 6750).</summary>
    public static string? Read(string path)
    {
        try
        {
            var text = File.ReadAllText(path).Trim();
            return text.Length is > 0 and <= MaxLength && text.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal)) ? text : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
