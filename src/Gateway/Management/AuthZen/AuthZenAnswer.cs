using System.Text.Json.Serialization;

namespace Keten.Gateway.Management.AuthZen;

/// <summary>An access evaluation response.</summary>
/// <param name="Decision">May it.</param>
/// <param name="Context">Why, and what comes with it.</param>
internal sealed record AuthZenAnswer(
    [property: JsonPropertyName("decision")] bool Decision,
    [property: JsonPropertyName("context")] AuthZenAnswer.Details Context)
{
    /// <param name="DecisionId">Where the decision log has it, with the exact reason.</param>
    /// <param name="PolicyRevision">Bundle that decided.</param>
    /// <param name="ReasonAdmin">Code to English text. Only what may be told: an exact reason could show whom the target knows.</param>
    /// <param name="ReasonUser">Language to text.</param>
    /// <param name="Fields">What would be returned or may be carried.</param>
    /// <param name="Obligations">In the shape of the AuthZEN obligations profile, draft 1.</param>
    /// <param name="LegalBasis">The purpose's grounds in law.</param>
    /// <param name="RetentionDays">Longest the receiver keeps it.</param>
    /// <param name="Error">One evaluation of a batch that is no evaluation.</param>
    internal sealed record Details(
        [property: JsonPropertyName("decision_id")] string? DecisionId = null,
        [property: JsonPropertyName("policy_revision")] string? PolicyRevision = null,
        [property: JsonPropertyName("reason_admin")] IReadOnlyDictionary<string, string>? ReasonAdmin = null,
        [property: JsonPropertyName("reason_user")] IReadOnlyDictionary<string, string>? ReasonUser = null,
        [property: JsonPropertyName("fields")] IReadOnlyList<string>? Fields = null,
        [property: JsonPropertyName("obligations")] IReadOnlyList<Obligation>? Obligations = null,
        [property: JsonPropertyName("legal_basis")] IReadOnlyList<string>? LegalBasis = null,
        [property: JsonPropertyName("retention_days")] int? RetentionDays = null,
        [property: JsonPropertyName("break_glass")] bool? BreakGlass = null,
        [property: JsonPropertyName("error")] Error? Error = null);

    internal sealed record Obligation([property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("type")] string Type);

    internal sealed record Error([property: JsonPropertyName("status")] int Status, [property: JsonPropertyName("message")] string Message);
}
