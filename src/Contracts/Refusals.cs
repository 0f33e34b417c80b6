using Grpc.Core;

namespace Keten.Contracts;

/// <summary>Every refusal outside the policy, by where it arises.</summary>
public static class Refusals
{
    public static readonly Refusal CertificateRequired = new("CERTIFICATE_REQUIRED", StatusCode.Unauthenticated,
        "Connect with a client certificate of this federation.", "Maak verbinding met een clientcertificaat van deze federatie.");

    public static readonly Refusal CertificateNotAccepted = new("CERTIFICATE_NOT_ACCEPTED", StatusCode.Unauthenticated,
        "The certificate is expired, revoked, or not of this federation. Ask the federation for a new one.",
        "Het certificaat is verlopen, ingetrokken of niet van deze federatie. Vraag de federatie om een nieuw certificaat.");

    public static readonly Refusal ParticipantUnknown = new("PARTICIPANT_UNKNOWN", StatusCode.Unauthenticated,
        "The OIN in the certificate is not in the participant registry. Ask the federation to register it.",
        "Het OIN in het certificaat staat niet in het deelnemersregister. Vraag de federatie om registratie.");

    public static readonly Refusal CertificateNotPinned = new("CERTIFICATE_NOT_PINNED", StatusCode.Unauthenticated,
        "The registry pins other certificates for this participant. Register the new pin first.",
        "Het register kent voor deze deelnemer andere certificaten. Registreer eerst de nieuwe pin.");

    public static readonly Refusal MetadataMissing = new("METADATA_MISSING", StatusCode.InvalidArgument,
        "Required metadata is missing: send keten-purpose, keten-target, keten-actor, keten-actor-role and keten-subject.",
        "Verplichte metadata ontbreekt: stuur keten-purpose, keten-target, keten-actor, keten-actor-role en keten-subject.");

    public static readonly Refusal MetadataRepeated = new("METADATA_REPEATED", StatusCode.InvalidArgument,
        "A keten- header was sent more than once. Send each once.", "Een keten-header is meer dan eens gestuurd. Stuur elke header een keer.");

    public static readonly Refusal MetadataTooLong = new("METADATA_TOO_LONG", StatusCode.InvalidArgument,
        "A keten- header is too long: 256 characters, facts 4096, justification and fields 1024.",
        "Een keten-header is te lang: 256 tekens, feiten 4096, rechtvaardiging en velden 1024.");

    public static readonly Refusal MetadataMalformed = new("METADATA_MALFORMED", StatusCode.InvalidArgument,
        "A keten- header is not of its form: printable ASCII, target an OIN, subject a pseudonym, fields comma separated names.",
        "Een keten-header heeft niet de juiste vorm: ASCII, target een OIN, subject een pseudoniem, fields namen met komma's.");

    public static readonly Refusal FactsInvalid = new("FACTS_INVALID", StatusCode.InvalidArgument,
        "keten-facts is not a JSON object of known facts.", "keten-facts is geen JSON-object met bekende feiten.");

    public static readonly Refusal PersonalDataInMetadata = new("PERSONAL_DATA_IN_METADATA", StatusCode.InvalidArgument,
        "A header holds a number that may be a BSN. Use opaque ids; the BSN never leaves your organisation.",
        "Een header bevat een getal dat een BSN kan zijn. Gebruik eigen kenmerken; het BSN verlaat uw organisatie nooit.");

    public static readonly Refusal TransactionIdInvalid = new("TRANSACTION_ID_INVALID", StatusCode.InvalidArgument,
        "Fsc-Transaction-Id must be a UUID version 7, or absent.", "Fsc-Transaction-Id moet een UUID versie 7 zijn, of ontbreken.");

    public static readonly Refusal OperationUnknown = new("OPERATION_UNKNOWN", StatusCode.Unimplemented,
        "The gateway offers no such operation.", "De gateway kent deze operatie niet.");

    public static readonly Refusal TargetUnknown = new("TARGET_UNKNOWN", StatusCode.NotFound,
        "keten-target is not in the participant registry.", "keten-target staat niet in het deelnemersregister.");

    public static readonly Refusal SubjectNotAsked = new("SUBJECT_NOT_ASKED", StatusCode.InvalidArgument,
        "This operation is about organisations, not about a person: leave keten-subject out.",
        "Deze operatie gaat over organisaties, niet over een persoon: laat keten-subject weg.");

    public static readonly Refusal OrganisationUnknown = new("ORGANISATION_UNKNOWN", StatusCode.NotFound,
        "No active participant has this OIN. Search the directory for the one you mean.",
        "Geen actieve deelnemer heeft dit OIN. Zoek in de sociale kaart naar de organisatie die u bedoelt.");

    public static readonly Refusal SearchInvalid = new("SEARCH_INVALID", StatusCode.InvalidArgument,
        "The search is not of its form: texts of at most 200 characters, limit 1 to 200.",
        "De zoekvraag heeft niet de juiste vorm: teksten van hoogstens 200 tekens, limiet 1 tot 200.");

    public static readonly Refusal TargetNotReachable = new("TARGET_NOT_REACHABLE", StatusCode.Unavailable,
        "The target has no adapter, or it does not answer now. Try again later.",
        "De bevraagde organisatie heeft geen adapter, of die antwoordt nu niet. Probeer het later opnieuw.");

    public static readonly Refusal DeadlinePassed = new("DEADLINE_PASSED", StatusCode.DeadlineExceeded,
        "The deadline of the call passed before the target answered.", "De termijn van de aanroep verstreek voordat er antwoord was.");

    public static readonly Refusal GatewayNotReady = new("GATEWAY_NOT_READY", StatusCode.Unavailable,
        "The gateway has just started and does not know yet who is involved with whom. Try again in a moment.",
        "De gateway is net gestart en weet nog niet wie bij wie betrokken is. Probeer het zo opnieuw.");

    public static readonly Refusal PolicyUnavailable = new("POLICY_UNAVAILABLE", StatusCode.Unavailable,
        "The policy could not be evaluated, so nothing was forwarded. Try again later.",
        "Het beleid kon niet worden beoordeeld, dus er is niets doorgestuurd. Probeer het later opnieuw.");

    public static readonly Refusal ObligationUnknown = new("POLICY_OBLIGATION_UNKNOWN", StatusCode.PermissionDenied,
        "The policy attaches an obligation that this gateway does not know, so nothing was forwarded. Tell the federation's operator.",
        "Het beleid verbindt een verplichting die deze gateway niet kent, dus er is niets doorgestuurd. Meld het de beheerder van de federatie.");

    public static readonly Refusal DecisionLogUnavailable = new("DECISION_LOG_UNAVAILABLE", StatusCode.Unavailable,
        "The decision could not be recorded, so nothing was forwarded. Try again later.",
        "Het besluit kon niet worden vastgelegd, dus er is niets doorgestuurd. Probeer het later opnieuw.");

    public static readonly Refusal LogRoleRequired = new("LOG_ROLE_REQUIRED", StatusCode.PermissionDenied,
        "The decision log is read by participants, each what concerns it, and by the roles security-officer and privacy-officer.",
        "Het besluitenlogboek is voor deelnemers, elk wat hem aangaat, en voor de rollen security-officer en privacy-officer.");

    public static readonly Refusal LogQuestionInvalid = new("LOG_QUESTION_INVALID", StatusCode.InvalidArgument,
        "The question to the log is not of its form.", "De vraag aan het logboek heeft niet de juiste vorm.");

    public static readonly Refusal ErasureRoleRequired = new("ERASURE_ROLE_REQUIRED", StatusCode.PermissionDenied,
        "Erasing a person from the decision log needs the role privacy-officer.",
        "Een persoon wissen uit het besluitenlogboek vergt de rol privacy-officer.");

    public static readonly Refusal SubjectMustBeKept = new("SUBJECT_MUST_BE_KEPT", StatusCode.FailedPrecondition,
        "Decisions on this person must still be kept (five years after the last).",
        "Besluiten over deze persoon moeten nog worden bewaard (vijf jaar na het laatste).");

    public static readonly Refusal LogBusy = new("LOG_BUSY", StatusCode.Unavailable,
        "The log is being read by others, or the gateway has just started. Try again in a moment.",
        "Anderen lezen nu het logboek, of de gateway is net gestart. Probeer het zo opnieuw.");

    public static readonly Refusal ReviewInvalid = new("REVIEW_INVALID", StatusCode.InvalidArgument,
        "The review is not of its form.", "De beoordeling heeft niet de juiste vorm.");

    public static readonly Refusal ReviewDecisionUnknown = new("REVIEW_DECISION_UNKNOWN", StatusCode.NotFound,
        "No decision with this id is on this gateway's log. Take the id from the notice or from the list.",
        "Dit logboek kent geen besluit met dit id. Neem het id uit de melding of uit de lijst.");

    public static readonly Refusal ReviewNotBreakGlass = new("REVIEW_NOT_BREAK_GLASS", StatusCode.FailedPrecondition,
        "This decision opened nothing by break-glass, so there is nothing to review.",
        "Bij dit besluit is niets geopend met de noodknop, dus er is niets te beoordelen.");

    public static readonly Refusal ReviewerOfNeither = new("REVIEWER_OF_NEITHER", StatusCode.PermissionDenied,
        "A review is given by the organisation that asked or the one that was asked, by its certificate or that of its privacy officer.",
        "Beoordelen doet de organisatie die vroeg of die bevraagd is, met haar certificaat of dat van haar privacyfunctionaris.");

    public static readonly Refusal ReviewerUsedIt = new("REVIEWER_USED_IT", StatusCode.PermissionDenied,
        "Who used break-glass does not review it. Let a colleague do so.",
        "Wie de noodknop gebruikte, beoordeelt dat niet zelf. Laat een collega het doen.");

    public static readonly Refusal ReviewedBefore = new("REVIEWED_BEFORE", StatusCode.AlreadyExists,
        "Your organisation has reviewed this decision; a review is given once and stays on the log.",
        "Uw organisatie heeft dit besluit al beoordeeld; een beoordeling wordt een keer gegeven en blijft in het logboek.");

    public static readonly Refusal DecisionMissing = new("DECISION_MISSING", StatusCode.PermissionDenied,
        "The adapter answers only calls that carry the gateway's decision.", "De adapter beantwoordt alleen aanroepen met een besluit van de gateway.");

    public static readonly Refusal DecisionMismatch = new("DECISION_MISMATCH", StatusCode.PermissionDenied,
        "The decision is about another operation, target or person.", "Het besluit gaat over een andere operatie, organisatie of persoon.");

    public static readonly Refusal DecisionExpired = new("DECISION_EXPIRED", StatusCode.PermissionDenied,
        "The decision has expired. Call again.", "Het besluit is verlopen. Doe de aanroep opnieuw.");

    public static readonly Refusal DecisionReplayed = new("DECISION_REPLAYED", StatusCode.PermissionDenied,
        "The decision was used before. Call again.", "Het besluit is al gebruikt. Doe de aanroep opnieuw.");

    public static readonly Refusal AssertionContradicted = new("ASSERTION_CONTRADICTED", StatusCode.PermissionDenied,
        "A fact the call asserts contradicts what the target knows. Check age, consent and states.",
        "Een feit uit de aanroep is in strijd met wat de bevraagde organisatie weet. Controleer leeftijd, toestemming en toestand.");

    /// <summary>What takes the place of a reason that would reveal whether the target knows the person (rule R22). Same words as the policy's.</summary>
    public static readonly Refusal AccessNotPermitted = new("ACCESS_NOT_PERMITTED", StatusCode.PermissionDenied,
        "The question is not permitted. When in doubt call the organisation; in immediate danger 112.",
        "De vraag is niet toegestaan. Bel bij twijfel de organisatie; bij direct gevaar 112.");

    public static readonly Refusal FieldNotPermitted = new("FIELD_NOT_PERMITTED", StatusCode.PermissionDenied,
        "The message carries a field that the purpose does not cover; nothing was accepted.",
        "Het bericht bevat een veld dat het doel niet dekt; er is niets aangenomen.");

    public static readonly Refusal OperationNotOffered = new("OPERATION_NOT_OFFERED", StatusCode.Unimplemented,
        "The target's adapter does not offer this operation.", "De adapter van de bevraagde organisatie biedt deze operatie niet.");

    public static readonly Refusal SourceUnavailable = new("SOURCE_UNAVAILABLE", StatusCode.Unavailable,
        "The target's own system does not answer now. Try again later.", "Het eigen systeem van de bevraagde organisatie antwoordt nu niet.");

    public static readonly Refusal SubscriptionEnded = new("SUBSCRIPTION_ENDED", StatusCode.Unavailable,
        "The permit of this subscription has ended. Subscribe again, so that its ground is decided anew.",
        "De toestemming voor dit abonnement is afgelopen. Abonneer opnieuw, zodat de grond opnieuw wordt beoordeeld.");

    public static readonly Refusal Internal = new("INTERNAL", StatusCode.Internal,
        "Something failed here; nothing was disclosed. The operator finds it by the transaction id.",
        "Er ging hier iets mis; er is niets verstrekt. De beheerder vindt het met het transactie-id.");

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
        [.. typeof(Refusals).GetFields().Where(f => f.FieldType == typeof(Refusal)).Select(f => (Refusal)f.GetValue(null)!)];
}
