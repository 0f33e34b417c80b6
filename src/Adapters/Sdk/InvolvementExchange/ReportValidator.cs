using Keten.Adapters.Sdk.CaseSystem;
using Keten.Adapters.Sdk.Pseudonyms;
using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.InvolvementExchange;

/// <summary>Checks what the gateway would refuse anyway, so that the case system hears it at once. The text names the field, never its value.</summary>
internal static class ReportValidator
{
    private const int MaxWord = InvolvementRules.MaxText;
    private const int MaxFields = 32;

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
        : request.Involvement is { } involvement ? InvolvementRules.FieldWithBsn(involvement, Bsn.IsIn)
        : null;

    private static (string Field, string Expected)? Expected(ReportInvolvementRequest request, bool started) =>
        request.Change is not (Change.Started or Change.Updated or Change.Ended) ? ("change", "change: started, updated or ended")
        : started && !IsWord(request.ClientId) ? ("client_id", $"client_id of 1 to {MaxWord} characters")
        : request.ClientId.Length > MaxWord ? ("client_id", $"client_id of at most {MaxWord} characters")
        : started && !IsWord(request.Purpose) ? ("purpose", "purpose: one of the index purposes")
        : request.Purpose.Length > MaxWord ? ("purpose", $"purpose of at most {MaxWord} characters")
        : !started && request.InvolvementId.Length == 0 ? ("involvement_id", "involvement_id, as the report of its start returned it")
        : request.InvolvementId.Length > 0 && !InvolvementRules.IsId(request.InvolvementId)
            ? ("involvement_id", $"involvement_id of at most {InvolvementRules.MaxIdLength} letters, digits and -_.")
        : !IsWord(request.Actor) || !IsWord(request.ActorRole)
            ? (IsWord(request.Actor) ? "actor_role" : "actor", $"actor and actor_role of 1 to {MaxWord} characters")
        : request.Fields.Count > MaxFields || request.Fields.Any(f => !IsWord(f)) ? ("fields", $"at most {MaxFields} fields, by their catalogue names")
        : !CaseFacts.TryParse(request.AssertedFacts.Memory, out _, out var fault) ? ("asserted_facts", $"asserted_facts: {fault}")
        : request.Involvement is { } involvement ? InvolvementRules.FaultOf(involvement)
        : null;

    private static bool IsWord(string text) => text.Length is > 0 and <= MaxWord;
}

/// <summary>A report that cannot be taken.</summary>
/// <param name="Field">Field at fault.</param>
/// <param name="Refusal">What the case system is told.</param>
internal sealed record ReportFault(string Field, Refusal Refusal);
