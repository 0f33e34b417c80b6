using Grpc.Core;

namespace Keten.Contracts.Fhir;

/// <summary>What is refused of a FHIR request before it is a question to the policy, beside what any call can be refused for (<see cref="Refusals"/>).</summary>
public static class FhirRefusals
{
    public static readonly Refusal ResourceUnknown = new("FHIR_RESOURCE_UNKNOWN", StatusCode.Unimplemented,
        "This resource type is not offered. The CapabilityStatement at metadata lists what is.",
        "Dit resourcetype wordt niet aangeboden. Het CapabilityStatement op metadata noemt wat er wel is.");

    public static readonly Refusal InteractionUnsupported = new("FHIR_INTERACTION_UNSUPPORTED", StatusCode.Unimplemented,
        "This interaction is not offered: read with GET, search with GET or by POST to _search.",
        "Deze interactie wordt niet aangeboden: lees met GET, zoek met GET of met POST naar _search.");

    public static readonly Refusal ParameterUnsupported = new("FHIR_PARAMETER_UNSUPPORTED", StatusCode.InvalidArgument,
        "A parameter is not offered here, has a form that is not accepted, or is repeated. Nothing is ignored, because an ignored filter widens the answer.",
        "Een parameter wordt hier niet aangeboden, heeft een andere vorm of is herhaald. Er wordt niets genegeerd: een genegeerd filter verruimt het antwoord.");

    public static readonly Refusal PseudonymInUrl = new("FHIR_PSEUDONYM_IN_URL", StatusCode.InvalidArgument,
        "An identifier of a person has no place in a URL, which is kept in logs. Send it by POST to _search, or only in keten-subject.",
        "Een kenmerk van een persoon hoort niet in een URL, want die komt in logbestanden. Stuur het met POST naar _search, of alleen in keten-subject.");

    public static readonly Refusal BsnNotAccepted = new("FHIR_BSN_NOT_ACCEPTED", StatusCode.InvalidArgument,
        "A search by BSN is always refused: the BSN never leaves your organisation. Ask your adapter or the evaluators for the pseudonym and search by that.",
        "Zoeken op BSN wordt altijd geweigerd: het BSN verlaat uw organisatie nooit. Vraag uw adapter of de evaluatoren om het pseudoniem en zoek daarop.");

    public static readonly Refusal IdentifierMismatch = new("FHIR_IDENTIFIER_MISMATCH", StatusCode.InvalidArgument,
        "The identifier searched by is not the person in keten-subject. Send the same pseudonym in both.",
        "Het kenmerk waarop gezocht wordt is niet de persoon in keten-subject. Stuur in beide hetzelfde pseudoniem.");

    public static readonly Refusal FormatNotAcceptable = new("FHIR_FORMAT_NOT_ACCEPTABLE", StatusCode.InvalidArgument,
        "Only FHIR R4 as application/fhir+json or application/fhir+xml is given. Ask for one of these in Accept.",
        "Alleen FHIR R4 als application/fhir+json of application/fhir+xml wordt gegeven. Vraag een van beide in Accept.");

    public static readonly Refusal MediaTypeUnsupported = new("FHIR_MEDIA_TYPE_UNSUPPORTED", StatusCode.InvalidArgument,
        "A search is sent as application/x-www-form-urlencoded.", "Een zoekvraag wordt gestuurd als application/x-www-form-urlencoded.");

    public static readonly Refusal BodyTooLarge = new("FHIR_BODY_TOO_LARGE", StatusCode.ResourceExhausted,
        "A search is at most 4096 bytes; nothing of it was read further.", "Een zoekvraag is hoogstens 4096 bytes; er is niet verder gelezen.");

    public static readonly Refusal ResourceNotFound = new("FHIR_RESOURCE_NOT_FOUND", StatusCode.NotFound,
        "There is nothing under this id that may be given to you now. Ids last a day or two: search again.",
        "Onder dit id is er nu niets dat u mag krijgen. Een id geldt een of twee dagen: zoek opnieuw.");

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
        [.. typeof(FhirRefusals).GetFields().Where(f => f.FieldType == typeof(Refusal)).Select(f => (Refusal)f.GetValue(null)!)];
}
