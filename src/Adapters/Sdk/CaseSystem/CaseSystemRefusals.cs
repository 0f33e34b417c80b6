using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Keten.Contracts;

namespace Keten.Adapters.Sdk.CaseSystem;

/// <summary>Refusals of the local API, to the organisation's own case system.</summary>
public static class CaseSystemRefusals
{
    public static readonly Refusal ReportInvalid = new("REPORT_INVALID", StatusCode.InvalidArgument,
        "The report is not complete or not of its form.", "De melding van betrokkenheid is niet volledig of heeft niet de juiste vorm.");

    public static readonly Refusal ClientUnknown = new("CLIENT_UNKNOWN", StatusCode.NotFound,
        "There is no such client with a valid BSN. Check client_id, or complete the client's BSN first.",
        "Er is geen client met dit id en een geldig BSN. Controleer client_id, of vul eerst het BSN aan.");

    public static readonly Refusal InvolvementUnknown = new("INVOLVEMENT_UNKNOWN", StatusCode.NotFound,
        "No such involvement was reported. Report its start first.", "Deze betrokkenheid is niet eerder gemeld. Meld eerst het begin.");

    public static readonly Refusal InvolvementTaken = new("INVOLVEMENT_TAKEN", StatusCode.FailedPrecondition,
        "This involvement_id belongs to another client or purpose. Use a new one.",
        "Dit involvement_id hoort bij een andere client of een ander doel. Gebruik een nieuw id.");

    public static readonly Refusal ClientNumberCorrected = new("CLIENT_NUMBER_CORRECTED", StatusCode.FailedPrecondition,
        "The client's BSN was corrected since this involvement was reported: it counts for another person. Erase it and report it as started anew, or end it and report it under a new involvement_id.",
        "Het BSN van de client is gecorrigeerd sinds deze betrokkenheid is gemeld: zij geldt voor een ander. Wis haar en meld het begin opnieuw, of beeindig haar en meld haar onder een nieuw involvement_id.");

    public static readonly Refusal PseudonymsUnavailable = new("PSEUDONYMS_UNAVAILABLE", StatusCode.Unavailable,
        "The client directory or the pseudonym service does not answer now. Try again later.",
        "De clientenlijst of de pseudoniemendienst antwoordt nu niet. Probeer het later opnieuw.");

    public static readonly Refusal ImportOvertaken = new("IMPORT_OVERTAKEN", StatusCode.Aborted,
        "The same import was begun again elsewhere; this run of it ends. What was answered is durable.",
        "Dezelfde import is elders opnieuw begonnen; deze eindigt. Wat is bevestigd, is vastgelegd.");

    public static readonly Refusal PersonNotKept = new("PERSON_NOT_KEPT", StatusCode.NotFound,
        "There is no copy: it was never asked for, or it ended with the involvement, its term or a refusal. Ask for it with KeepPerson.",
        "Er is geen kopie: er is nooit om gevraagd, of zij eindigde met de betrokkenheid, de termijn of een weigering. Vraag erom met KeepPerson.");

    public static readonly Refusal GatewayNotConfigured = new("GATEWAY_NOT_CONFIGURED", StatusCode.FailedPrecondition,
        "The adapter does not know the gateway's address. Set Adapter:Gateway.",
        "De adapter kent het adres van de gateway niet. Stel Adapter:Gateway in.");

    public static readonly Refusal ResumeTokenInvalid = new("RESUME_TOKEN_INVALID", StatusCode.InvalidArgument,
        "The resume token is not one of this adapter. Leave it out to go on from the last acknowledged notification.",
        "Het hervattingstoken is niet van deze adapter. Laat het weg om verder te gaan na de laatst bevestigde melding.");

    /// <summary>All of the above, for docs/errors.md.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
        [ReportInvalid, ClientUnknown, InvolvementUnknown, InvolvementTaken, ClientNumberCorrected, PseudonymsUnavailable, ImportOvertaken, PersonNotKept, GatewayNotConfigured, ResumeTokenInvalid];

    /// <summary>The refusal as gRPC tells it: status, text and the reason code in the details.</summary>
    internal static RpcException ToException(this Refusal refusal) => new Google.Rpc.Status
    {
        Code = (int)refusal.Status,
        Message = refusal.English,
        Details = { Any.Pack(new Google.Rpc.ErrorInfo { Domain = "keten", Reason = refusal.Code }) },
    }.ToRpcException();
}
