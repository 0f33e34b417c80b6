using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Keten.Contracts.Fhir;

namespace Keten.Fhir;

/// <summary>
/// Ids that may stand in a URL: a keyed hash over the day, the caller, the person and what is named. Another caller gets other ids, and so does the same
/// caller the day after, so that URLs in logs cannot be tied together. Nothing is stored: an id is checked by making it again for the person of the call.
/// </summary>
internal sealed class FhirIds(byte[] key, FhirTerms terms, DateTimeOffset now)
{
    /// <summary>Of the call the ids are for.</summary>
    public FhirTerms Terms { get; } = terms;

    /// <summary>The id to give out today.</summary>
    public string Of(string type, string name) => Of(type, name, now);

    /// <summary>The id by which it may be asked for: the one that was asked if it was given today or yesterday (UTC), otherwise null.</summary>
    public string? Matching(string asked, string type, string name) => new[] { now, now.AddDays(-1) }
        .Select(day => Of(type, name, day))
        .FirstOrDefault(id => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(id), Encoding.ASCII.GetBytes(asked)));

    /// <summary>A version: changes when the content does. Keyed, because content can be guessed.</summary>
    public string VersionOf(ReadOnlySpan<byte> content) => Short(HMACSHA256.HashData(key, content));

    private string Of(string type, string name, DateTimeOffset day)
    {
        var date = day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Short(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Join('\n', date, Terms.Caller, Terms.Subject, type, name))));
    }

    private static string Short(byte[] hash) => Convert.ToHexStringLower(hash)[..FhirId.Length];
}
