using System.Text.RegularExpressions;
using Keten.Client.Pseudonyms;

namespace Keten.Adapters.Sdk.Pseudonyms;

/// <summary>Finds what may be a BSN in a text.</summary>
internal static partial class Bsn
{
    /// <summary>True when a number that stands alone in the text is valid: the gateway refuses that text.</summary>
    public static bool IsIn(string text) => NineDigits().Matches(text).Any(number => Elfproef.Holds(number.Value));

    // A letter before or after makes it part of an identifier, unless it is that of a JSON escape such as \n.
    [GeneratedRegex(@"(?<![0-9])(?<!(?<!\\)[A-Za-z])[0-9]{9}(?![0-9A-Za-z])")]
    private static partial Regex NineDigits();
}
