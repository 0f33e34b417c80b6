using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Keten.Contracts.Identifiers;

namespace Keten.Contracts.Fhir;

/// <summary>Reads the values of parameters that are not about a person; each form gives null for what is not of it.</summary>
internal static class FhirOwnValues
{
    private const int MostWords = 60;
    private const int LongestRegion = 100;
    private const int MostDigits = 6;
    private static readonly string[] Moments = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static readonly FrozenDictionary<FhirParameterKind, Func<string, string?>> Forms = new Dictionary<FhirParameterKind, Func<string, string?>>
    {
        [FhirParameterKind.Oin] = OinOf,
        [FhirParameterKind.OinIdentifier] = value => OinOf(After(FhirNames.OinSystem + "|", value)),
        [FhirParameterKind.OrganisationReference] = value => OinOf(After("Organization/", value) ?? value),
        [FhirParameterKind.OrganisationType] = value => TypeOf(After(FhirNames.OrganisationTypeSystem + "|", value) ?? value),
        [FhirParameterKind.Region] = value => TextOf(After(FhirNames.RegionSystem + "|", value), LongestRegion),
        [FhirParameterKind.CrisisReachable] = value =>
            (After(FhirNames.CharacteristicSystem + "|", value) ?? value) == FhirNames.CrisisReachable ? FhirNames.CrisisReachable : null,
        [FhirParameterKind.Words] = value => TextOf(value, MostWords),
        [FhirParameterKind.Before] = value => MomentOf(After("lt", value)),
    }.ToFrozenDictionary();

    public static bool TryGet(FhirParameterKind kind, [MaybeNullWhen(false)] out Func<string, string?> read) => Forms.TryGetValue(kind, out read);

    private static string? After(string prefix, string value) => value.StartsWith(prefix, StringComparison.Ordinal) ? value[prefix.Length..] : null;

    private static string? OinOf(string? text) => Oin.TryParse(text, out _) ? text : null;

    private static string? TypeOf(string text) => text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterLower(c) || c == '-') ? text : null;

    /// <summary>Words and short numbers: a number that could be a person's has no place in them.</summary>
    private static string? TextOf(string? text, int longest) =>
        text?.Length > 0 && text.Length <= longest && text.Count(char.IsDigit) <= MostDigits
        && text.All(c => char.IsLetterOrDigit(c) || " -'.,()/&".Contains(c, StringComparison.Ordinal)) ? text : null;

    /// <summary>In one form and in UTC, with the prefix, so that it is read the same again; a date begins in UTC.</summary>
    private static string? MomentOf(string? text) =>
        DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? "lt" + moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) : null;
}
