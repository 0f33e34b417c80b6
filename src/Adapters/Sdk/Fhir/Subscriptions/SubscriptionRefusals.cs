using Grpc.Core;
using Keten.Contracts;
using Keten.Contracts.Fhir;

namespace Keten.Adapters.Sdk.Fhir.Subscriptions;

/// <summary>Why a Subscription is not taken, to the organisation's own case system.</summary>
public static class SubscriptionRefusals
{
    public static readonly Refusal ElementUnsupported = new("FHIR_SUBSCRIPTION_ELEMENT_UNSUPPORTED", StatusCode.InvalidArgument,
        "Only status, end, reason, criteria and channel with type, endpoint and header are kept. Leave everything else out, extensions, text and contact too.",
        "Alleen status, end, reason, criteria en channel met type, endpoint en header worden bewaard. Laat al het andere weg, ook extensies, text en contact.");

    public static readonly Refusal StatusRefused = new("FHIR_SUBSCRIPTION_STATUS_REFUSED", StatusCode.InvalidArgument,
        "Send the status requested, or off to have it rest. Only the adapter sets active and error.",
        "Stuur de status requested, of off om haar te laten rusten. Alleen de adapter zet active en error.");

    public static readonly Refusal ChannelUnsupported = new("FHIR_SUBSCRIPTION_CHANNEL_UNSUPPORTED", StatusCode.InvalidArgument,
        "Only the channel type rest-hook is offered.", "Alleen het kanaaltype rest-hook wordt aangeboden.");

    public static readonly Refusal PayloadRefused = new("FHIR_SUBSCRIPTION_PAYLOAD_REFUSED", StatusCode.InvalidArgument,
        "A notification carries no content. Leave channel.payload out, and read what there is from StreamNotifications when the empty POST arrives.",
        "Een notificatie draagt geen inhoud. Laat channel.payload weg, en lees met StreamNotifications wat er is zodra de lege POST aankomt.");

    public static readonly Refusal CriteriaUnknown = new("FHIR_SUBSCRIPTION_CRITERIA_UNKNOWN", StatusCode.InvalidArgument,
        $"The criteria are one of {SubscriptionCriteria.Listed}, without parameters: a notification tells of no person.",
        $"De criteria zijn een van {SubscriptionCriteria.Listed}, zonder parameters: een notificatie noemt geen persoon.");

    public static readonly Refusal EndpointRefused = new("FHIR_SUBSCRIPTION_ENDPOINT_REFUSED", StatusCode.InvalidArgument,
        "The endpoint is an https address, or http on the adapter's own machine, of at most 500 characters, without user name, password or fragment.",
        "Het endpoint is een https-adres, of http op de machine van de adapter zelf, van hoogstens 500 tekens, zonder gebruikersnaam, wachtwoord of fragment.");

    public static readonly Refusal HeaderRefused = new("FHIR_SUBSCRIPTION_HEADER_REFUSED", StatusCode.InvalidArgument,
        "At most five headers, each once: Authorization or a name that begins with X-, a colon, and 1 to 1,000 printable ASCII characters.",
        "Hoogstens vijf headers, elk een keer: Authorization of een naam die met X- begint, een dubbele punt, en 1 tot 1.000 afdrukbare ASCII-tekens.");

    public static readonly Refusal EndPassed = new("FHIR_SUBSCRIPTION_END_PASSED", StatusCode.InvalidArgument,
        "The end has passed. Send a later one, or none.", "Het einde is voorbij. Stuur een later einde, of geen.");

    public static readonly Refusal NumberInside = new("FHIR_SUBSCRIPTION_NUMBER_INSIDE", StatusCode.InvalidArgument,
        "Reason or endpoint holds a number that may be a BSN. A Subscription is about no person.",
        "Reason of endpoint bevat een getal dat een BSN kan zijn. Een Subscription gaat over geen persoon.");

    public static readonly Refusal TooMany = new("FHIR_SUBSCRIPTION_TOO_MANY", StatusCode.FailedPrecondition,
        $"There are {SubscriptionStore.Most} Subscriptions, which is the most. Delete one first.",
        $"Er zijn {SubscriptionStore.Most} Subscriptions, en dat is het hoogste aantal. Verwijder er eerst een.");

    public static readonly Refusal VersionRequired = new("FHIR_VERSION_REQUIRED", StatusCode.InvalidArgument,
        "An update names the version it replaces: send the ETag of the last read in If-Match.",
        "Een wijziging noemt de versie die zij vervangt: stuur de ETag van de laatste lezing in If-Match.");

    public static readonly Refusal VersionChanged = new("FHIR_VERSION_CHANGED", StatusCode.FailedPrecondition,
        "It changed since the version in If-Match. Read it again.", "Zij is gewijzigd sinds de versie in If-Match. Lees haar opnieuw.");

    internal static readonly Refusal TooLarge = FhirRefusals.BodyTooLarge with
    {
        English = "A Subscription is at most 16 KiB; nothing of it was read further.", Dutch = "Een Subscription is hoogstens 16 KiB; er is niet verder gelezen.",
    };

    internal static readonly Refusal Invalid = FhirRefusals.ResourceInvalid with
    {
        English = "The body is no R4 Subscription: not well-formed, nested too deep, with a DTD, or with an element or a value R4 does not know. Nothing of it was kept.",
        Dutch = "De inhoud is geen Subscription van R4: niet welgevormd, te diep genest, met een DTD, of met een element of waarde die R4 niet kent. Er is niets bewaard.",
    };

    internal static readonly Refusal Subsetted = FhirRefusals.UpdateSubsetted with
    {
        English = "This is a copy without its headers, as a read gives it: stored, it would lose them. Send the whole Subscription without the mark SUBSETTED.",
        Dutch = "Dit is een kopie zonder de headers, zoals lezen haar geeft: bewaard zou zij die kwijt zijn. Stuur de hele Subscription zonder het kenmerk SUBSETTED.",
    };

    internal static readonly Refusal InteractionUnsupported = FhirRefusals.InteractionUnsupported with
    {
        English = "This interaction is not offered: create, read, update, delete or list Subscription, or read metadata.",
        Dutch = "Deze interactie wordt niet aangeboden: maak, lees, wijzig, verwijder of noem Subscription, of lees metadata.",
    };

    internal static readonly Refusal NotFound = FhirRefusals.ResourceNotFound with
    {
        English = "There is no Subscription with this id. The adapter gives ids itself: create one by POST.",
        Dutch = "Er is geen Subscription met dit id. De adapter geeft zelf ids: maak er een met POST.",
    };

    /// <summary>All codes that arise here only, for docs/errors.md.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
        [ElementUnsupported, StatusRefused, ChannelUnsupported, PayloadRefused, CriteriaUnknown, EndpointRefused, HeaderRefused, EndPassed, NumberInside, TooMany, VersionRequired, VersionChanged];
}
