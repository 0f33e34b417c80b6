using Grpc.Core;
using Keten.Contracts;

namespace Keten.Client.Pseudonyms;

/// <summary>What this client says of itself when it makes no pseudonyms; what an evaluator says is in <see cref="EvaluatorRefusals"/>.</summary>
public static class PseudonymRefusals
{
    public static readonly Refusal EvaluatorNotReachable = new("EVALUATOR_NOT_REACHABLE", StatusCode.Unavailable,
        "An evaluator of pseudonyms does not answer: it is down, or it does not accept this certificate. Both are needed.",
        "Een evaluator van pseudoniemen antwoordt niet: die ligt eruit, of aanvaardt dit certificaat niet. Beide zijn nodig.");

    public static readonly Refusal ProofInvalid = new("EVALUATION_PROOF_INVALID", StatusCode.FailedPrecondition,
        "An evaluator could not prove that it used its key, so nothing was derived. Tell the federation's security team which one.",
        "Een evaluator kon niet bewijzen dat hij zijn sleutel gebruikte; er is niets afgeleid. Meld het beveiligingsteam van de federatie welke.");

    public static readonly Refusal AnswerMalformed = new("EVALUATION_MALFORMED", StatusCode.FailedPrecondition,
        "An evaluator's answer is not of its form, so nothing was derived. Tell the federation's security team which one.",
        "Het antwoord van een evaluator heeft niet de juiste vorm; er is niets afgeleid. Meld het beveiligingsteam van de federatie welke.");

    public static readonly Refusal SharesDoNotFit = new("EVALUATOR_SHARES_DO_NOT_FIT", StatusCode.Unavailable,
        "The evaluators' shares do not add up to the federation's key: they are being refreshed, or one answers with another key. Nothing was derived.",
        "De delen van de evaluatoren vormen samen niet de sleutel van de federatie: ze worden ververst, of een antwoordt met een andere sleutel. Er is niets afgeleid.");

    public static readonly Refusal KeysUnusable = new("PSEUDONYM_KEYS_UNUSABLE", StatusCode.FailedPrecondition,
        "The federation's pseudonym-keys.json cannot be used. Take it from the federation again.",
        "De pseudonym-keys.json van de federatie is niet bruikbaar. Haal het bestand opnieuw op bij de federatie.");

    /// <summary>All of the above, for docs/errors.md.</summary>
    public static IReadOnlyList<Refusal> All { get; } = [EvaluatorNotReachable, ProofInvalid, AnswerMalformed, SharesDoNotFit, KeysUnusable];
}
