using Grpc.Core;

namespace Keten.Contracts.Fhir;

/// <summary>What is refused of a FHIR request before it is a question to the policy, beside what any call can be refused for (<see cref="Refusals"/>).</summary>
public static class FhirRefusals
{
    public static readonly Refusal ResourceUnknown = new("FHIR_RESOURCE_UNKNOWN", StatusCode.Unimplemented,
        "This resource type is not offered. The CapabilityStatement at metadata lists what is.",
        "Dit resourcetype wordt niet aangeboden. Het CapabilityStatement op metadata noemt wat er wel is.");

    public static readonly Refusal InteractionUnsupported = new("FHIR_INTERACTION_UNSUPPORTED", StatusCode.Unimplemented,
        "This interaction is not offered here: the CapabilityStatement at metadata says for each resource type what is.",
        "Deze interactie wordt hier niet aangeboden: het CapabilityStatement op metadata zegt per resourcetype wat wel kan.");

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
        "The identifier in the search or in the resource is not the person in keten-subject. Send the same pseudonym in both.",
        "Het kenmerk in de zoekvraag of in de resource is niet de persoon in keten-subject. Stuur in beide hetzelfde pseudoniem.");

    public static readonly Refusal FormatNotAcceptable = new("FHIR_FORMAT_NOT_ACCEPTABLE", StatusCode.InvalidArgument,
        "Only FHIR R4 as application/fhir+json or application/fhir+xml is given. Ask for one of these in Accept.",
        "Alleen FHIR R4 als application/fhir+json of application/fhir+xml wordt gegeven. Vraag een van beide in Accept.");

    public static readonly Refusal MediaTypeUnsupported = new("FHIR_MEDIA_TYPE_UNSUPPORTED", StatusCode.InvalidArgument,
        "A search is sent as application/x-www-form-urlencoded.", "Een zoekvraag wordt gestuurd als application/x-www-form-urlencoded.");

    public static readonly Refusal BodyTooLarge = new("FHIR_BODY_TOO_LARGE", StatusCode.ResourceExhausted,
        "A search is at most 4096 bytes and a resource 65536; nothing of it was read further.",
        "Een zoekvraag is hoogstens 4096 bytes en een resource 65536; er is niet verder gelezen.");

    public static readonly Refusal ResourceMediaTypeUnsupported = new("FHIR_MEDIA_TYPE_UNSUPPORTED", StatusCode.InvalidArgument,
        "A resource is sent as application/fhir+json or application/fhir+xml, in UTF-8.", "Een resource wordt gestuurd als application/fhir+json of application/fhir+xml, in UTF-8.");

    public static readonly Refusal ResourceInvalid = new("FHIR_RESOURCE_INVALID", StatusCode.InvalidArgument,
        "The body is not a resource of this type in R4, has no id or another than the URL, or holds what cannot be handed over here: the table in docs/fhir.md lists what can. Nothing was changed.",
        "De inhoud is geen resource van dit type in R4, heeft geen id of een ander dan de URL, of bevat wat hier niet kan worden aangeleverd: de tabel in docs/fhir.md noemt wat wel kan. Er is niets gewijzigd.");

    public static readonly Refusal UpdateSubsetted = new("FHIR_UPDATE_SUBSETTED", StatusCode.FailedPrecondition,
        "A resource marked SUBSETTED is incomplete and is not taken back. Send one of your own, with only what should change and without the mark.",
        "Een resource met het kenmerk SUBSETTED is onvolledig en wordt niet teruggenomen. Stuur een eigen resource, met alleen wat moet veranderen en zonder dat kenmerk.");

    public static readonly Refusal PreconditionUnsupported = new("FHIR_PRECONDITION_UNSUPPORTED", StatusCode.FailedPrecondition,
        "A change is handed over to be weighed and overwrites nothing, so there is no version to match. Send it without If-Match and If-None-Match.",
        "Een wijziging wordt aangeboden om te wegen en overschrijft niets; er is dus geen versie om mee te vergelijken. Stuur hem zonder If-Match en If-None-Match.");

    public static readonly Refusal PageGone = new("FHIR_PAGE_GONE", StatusCode.NotFound,
        "The search cannot go on from here: pages last a day or two, and what they were counted from may be gone. Search again.",
        "De zoekvraag kan hier niet verder: pagina's gelden een of twee dagen, en waar vanaf geteld werd kan weg zijn. Zoek opnieuw.");

    public static readonly Refusal SourcesNeeded = new("FHIR_SOURCES_NEEDED", StatusCode.FailedPrecondition,
        "For this purpose the gateway does not tell who is involved. Name the organisations to ask in source, by OIN with commas between.",
        "Voor dit doel vertelt de gateway niet wie er betrokken is. Noem de te bevragen organisaties in source, als OIN met komma's ertussen.");

    public static readonly Refusal ResourceNotFound = new("FHIR_RESOURCE_NOT_FOUND", StatusCode.NotFound,
        "There is nothing under this id that may be given to you now. Ids last a day or two: search again.",
        "Onder dit id is er nu niets dat u mag krijgen. Een id geldt een of twee dagen: zoek opnieuw.");

    public static readonly Refusal BundleIncomplete = new("FHIR_BUNDLE_INCOMPLETE", StatusCode.ResourceExhausted,
        "There is more at this organisation than fits in this answer. Search there itself, in pages.",
        "Bij deze organisatie is meer dan in dit antwoord past. Zoek daar zelf, per pagina.");

    public static readonly Refusal BundlesBusy = new("FHIR_BUNDLES_BUSY", StatusCode.Unavailable,
        "Too many overviews and searches with includes are being made now. Try again in a moment, or ask one thing at a time.",
        "Er worden nu te veel overzichten en zoekvragen met includes gemaakt. Probeer het zo weer, of vraag één ding tegelijk.");

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
        [.. typeof(FhirRefusals).GetFields().Where(f => f.FieldType == typeof(Refusal)).Select(f => (Refusal)f.GetValue(null)!)];
}
