using Grpc.Core;

namespace Keten.Contracts;

/// <summary>What an evaluator of pseudonyms refuses, beside what the connection refuses (<see cref="Refusals"/>).</summary>
public static class EvaluatorRefusals
{
    public static readonly Refusal ParticipantNotActive = new("PARTICIPANT_NOT_ACTIVE", StatusCode.PermissionDenied,
        "The participant is not active in the registry, so nothing is evaluated for it.",
        "De deelnemer is niet actief in het register; er wordt niets voor geëvalueerd.");

    public static readonly Refusal NotEntitledToBsn = new("NOT_ENTITLED_TO_BSN", StatusCode.PermissionDenied,
        "This type of organisation has no statutory ground to process the BSN. Work with pseudonyms that come with a case.",
        "Dit type organisatie heeft geen wettelijke grond om het BSN te verwerken. Werk met pseudoniemen die met een zaak meekomen.");

    public static readonly Refusal KeyUnknown = new("PSEUDONYM_KEY_UNKNOWN", StatusCode.FailedPrecondition,
        "The evaluator has no live key of this id. Take the federation's current pseudonym-keys.json.",
        "De evaluator heeft geen geldige sleutel met dit id. Neem de actuele pseudonym-keys.json van de federatie.");

    public static readonly Refusal BatchSizeInvalid = new("BATCH_SIZE_INVALID", StatusCode.InvalidArgument,
        "A call holds 1 to 1,000 blinded elements.", "Een aanroep bevat 1 tot 1.000 geblindeerde elementen.");

    public static readonly Refusal ElementInvalid = new("ELEMENT_INVALID", StatusCode.InvalidArgument,
        "An element is no compressed point of P-256: 33 bytes, on the curve, not the identity. Nothing was evaluated.",
        "Een element is geen gecomprimeerd punt van P-256: 33 bytes, op de kromme, niet de identiteit. Er is niets geëvalueerd.");

    public static readonly Refusal BudgetExhausted = new("PSEUDONYM_BUDGET_EXHAUSTED", StatusCode.ResourceExhausted,
        "The participant's budget of evaluations for today does not hold this many. It begins anew at midnight UTC; for an import ask both evaluators to raise it.",
        "Het dagbudget van de deelnemer is hiervoor te klein. Het begint opnieuw om middernacht UTC; vraag voor een import beide evaluatoren het te verhogen.");

    public static readonly Refusal RateLimited = new("PSEUDONYM_RATE_LIMITED", StatusCode.Unavailable,
        "Too many calls at the same time. Try again in a moment, and put up to 1,000 numbers in one call.",
        "Te veel aanroepen tegelijk. Probeer het zo opnieuw en bundel tot 1.000 nummers in één aanroep.");

    public static readonly Refusal LogUnavailable = new("EVALUATION_LOG_UNAVAILABLE", StatusCode.Unavailable,
        "The evaluation could not be recorded, so nothing was evaluated. Try again later.",
        "De evaluatie kon niet worden vastgelegd; er is niets geëvalueerd. Probeer het later opnieuw.");

    /// <summary>All of the above, for docs/errors.md.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
        [ParticipantNotActive, NotEntitledToBsn, KeyUnknown, BatchSizeInvalid, ElementInvalid, BudgetExhausted, RateLimited, LogUnavailable];
}
