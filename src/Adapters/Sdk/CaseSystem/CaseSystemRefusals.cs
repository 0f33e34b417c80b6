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

    public static readonly Refusal PseudonymsUnavailable = new("PSEUDONYMS_UNAVAILABLE", StatusCode.Unavailable,
        "The client directory or the pseudonym service does not answer now. Try again later.",
        "De clientenlijst of de pseudoniemendienst antwoordt nu niet. Probeer het later opnieuw.");

    public static readonly Refusal ResumeTokenInvalid = new("RESUME_TOKEN_INVALID", StatusCode.InvalidArgument,
        "The resume token is not one of this adapter. Leave it out to go on from the last acknowledged notification.",
        "Het hervattingstoken is niet van deze adapter. Laat het weg om verder te gaan na de laatst bevestigde melding.");

    /// <summary>All of the above, for docs/errors.md.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
        [ReportInvalid, ClientUnknown, InvolvementUnknown, InvolvementTaken, PseudonymsUnavailable, ResumeTokenInvalid];

    /// <summary>The refusal as gRPC tells it: status, text and the reason code in the details.</summary>
    internal static RpcException ToException(this Refusal refusal) => new Google.Rpc.Status
    {
        Code = (int)refusal.Status,
        Message = refusal.English,
        Details = { Any.Pack(new Google.Rpc.ErrorInfo { Domain = "keten", Reason = refusal.Code }) },
    }.ToRpcException();
}
