using System.Globalization;
using Google.Protobuf.Reflection;
using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Checks what the gateway would refuse anyway, so that the case system hears it at once. The text names the field, never its value.</summary>
internal static class ReportValidator
{
    private const int MaxIdLength = 64;
    private const int MaxWord = 256;
    private const int MaxFields = 32;
    private const string DaySuffix = "_on";

    // A telephone number may well be a valid BSN, and is no identifier of the person.
    private const string PhoneField = "contact_phone";

    private static readonly IReadOnlyList<FieldDescriptor> TextFields =
        [.. Involvement.Descriptor.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.String)];

    /// <summary>Null when the report can be taken.</summary>
    public static ReportFault? Validate(ReportInvolvementRequest request)
    {
        var started = request.Change == Change.Started;
        return Expected(request, started) is var (field, expected)
            ? new ReportFault(field, CaseSystemRefusals.ReportInvalid with { English = $"The report needs {expected}." })
            : WithBsn(request) is { } holder
            ? new ReportFault(holder, Refusals.PersonalDataInMetadata with
            {
                English = $"{holder} holds a number that may be a BSN. Use opaque ids; the BSN never leaves your organisation.",
                Dutch = $"{holder} bevat een getal dat een BSN kan zijn. Gebruik eigen kenmerken; het BSN verlaat uw organisatie nooit.",
            })
            : null;
    }

    private static string? WithBsn(ReportInvolvementRequest request) =>
        Bsn.IsIn(request.InvolvementId) ? "involvement_id"
        : Bsn.IsIn(request.Purpose) ? "purpose"
        : Bsn.IsIn(request.Actor) ? "actor"
        : Bsn.IsIn(request.ActorRole) ? "actor_role"
        : request.Fields.Any(Bsn.IsIn) ? "fields"
        : Bsn.IsIn(request.AssertedFacts.ToStringUtf8()) ? "asserted_facts"
        : Texts(request.Involvement).FirstOrDefault(t => t.Field != PhoneField && Bsn.IsIn(t.Text)).Field;

    private static (string Field, string Expected)? Expected(ReportInvolvementRequest request, bool started) =>
        request.Change is not (Change.Started or Change.Updated or Change.Ended) ? ("change", "change: started, updated or ended")
        : started && !IsWord(request.ClientId) ? ("client_id", $"client_id of 1 to {MaxWord} characters")
        : request.ClientId.Length > MaxWord ? ("client_id", $"client_id of at most {MaxWord} characters")
        : started && !IsWord(request.Purpose) ? ("purpose", "purpose: one of the index purposes")
        : request.Purpose.Length > MaxWord ? ("purpose", $"purpose of at most {MaxWord} characters")
        : !started && request.InvolvementId.Length == 0 ? ("involvement_id", "involvement_id, as the report of its start returned it")
        : request.InvolvementId.Length > 0 && !IsId(request.InvolvementId)
            ? ("involvement_id", $"involvement_id of at most {MaxIdLength} letters, digits and -_.")
        : !IsWord(request.Actor) || !IsWord(request.ActorRole)
            ? (IsWord(request.Actor) ? "actor_role" : "actor", $"actor and actor_role of 1 to {MaxWord} characters")
        : request.Fields.Count > MaxFields || request.Fields.Any(f => !IsWord(f)) ? ("fields", $"at most {MaxFields} fields, by their catalogue names")
        : !CaseFacts.TryParse(request.AssertedFacts.Memory, out _, out var fault) ? ("asserted_facts", $"asserted_facts: {fault}")
        : Texts(request.Involvement).FirstOrDefault(t => t.Text.Length > MaxWord).Field is { } tooLong ? (tooLong, $"{tooLong} of at most {MaxWord} characters")
        : Texts(request.Involvement).FirstOrDefault(t => t.Field.EndsWith(DaySuffix, StringComparison.Ordinal) && !IsDayOrNone(t.Text)).Field is { } noDay
            ? (noDay, $"{noDay} as a day of the calendar, yyyy-MM-dd")
        : null;

    private static bool IsWord(string text) => text.Length is > 0 and <= MaxWord;

    private static bool IsId(string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    // An update with an empty ended_on takes back an end that was announced.
    private static bool IsDayOrNone(string text) => text.Length == 0 || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>The text fields that are set, by their names in the contract.</summary>
    private static IEnumerable<(string Field, string Text)> Texts(Involvement? involvement) => involvement is null ? []
        : TextFields.Where(f => f.Accessor.HasValue(involvement)).Select(f => (f.Name, (string)f.Accessor.GetValue(involvement)));
}

/// <summary>A report that cannot be taken.</summary>
/// <param name="Field">Field at fault.</param>
/// <param name="Refusal">What the case system is told.</param>
internal sealed record ReportFault(string Field, Refusal Refusal);
