using System.Globalization;
using Google.Protobuf.Reflection;
using Keten.Protocol.V1;

namespace Keten.Contracts.Catalogue;

/// <summary>
/// What both ends hold an involvement to: the adapter before it reports, so that the case system hears of a fault at once, and the gateway, which
/// trusts no report.
/// </summary>
public static class InvolvementRules
{
    /// <summary>Days after its end for which an involvement is kept, and no longer (domain.md section 7, rule M6).</summary>
    public const int KeptDays = 30;

    /// <summary>Longest involvement id, in characters.</summary>
    public const int MaxIdLength = 64;

    /// <summary>Longest text in a report, in characters: every gateway holds an involvement in memory as long as it lasts, and other organisations read it.</summary>
    public const int MaxText = 256;

    private const string DaySuffix = "_on";

    // A telephone number may well be a valid BSN, and is no identifier of the person.
    private const string Phone = "contact_phone";

    private static readonly (string Name, FieldDescriptor Field)[] TextFields =
        [.. Involvement.Descriptor.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.String).Select(f => (OperationCatalogue.DataFieldName(f)!, f))];

    /// <summary>An id that may stand in a record key. A colon is for ids the gateway itself gives (invitations): nobody can report one.</summary>
    public static bool IsId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length is > 0 and <= MaxIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }

    /// <summary>The first text that is too long or no day: its catalogue name, and what was expected; null when all are in order.</summary>
    public static (string Field, string Expected)? FaultOf(Involvement involvement) =>
        Texts(involvement).FirstOrDefault(t => t.Text.Length > MaxText).Name is { } tooLong ? (tooLong, $"{tooLong} of at most {MaxText} characters")
        : Texts(involvement).FirstOrDefault(t => t.Name.EndsWith(DaySuffix, StringComparison.Ordinal) && !IsDayOrNone(t.Text)).Name is { } noDay
            ? (noDay, $"{noDay} as a day of the calendar, yyyy-MM-dd")
        : null;

    /// <summary>Catalogue name of the first text in which <paramref name="holdsBsn"/> finds a BSN; null when there is none.</summary>
    public static string? FieldWithBsn(Involvement involvement, Func<string, bool> holdsBsn) =>
        Texts(involvement).FirstOrDefault(t => t.Name != Phone && holdsBsn(t.Text)).Name;

    private static IEnumerable<(string Name, string Text)> Texts(Involvement involvement) =>
        TextFields.Where(f => f.Field.Accessor.HasValue(involvement)).Select(f => (f.Name, (string)f.Field.Accessor.GetValue(involvement)));

    // An update with an empty ended_on takes back an end that was announced.
    private static bool IsDayOrNone(string text) => text.Length == 0 || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
