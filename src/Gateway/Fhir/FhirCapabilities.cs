using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Purpose;
using Keten.Gateway.Routing;
using Keten.Identity;

namespace Keten.Gateway.Fhir;

/// <summary>
/// <c>GET /{oin}/fhir/metadata</c>: what an adapter offers, or the gateway itself. A FHIR client asks this before anything else and names no purpose; it is about nobody, so
/// there is nothing to decide or to record. So it is with the questions of a form (<c>Questionnaire</c>). Who asks must still be an active participant.
/// </summary>
internal sealed class FhirCapabilities(IParticipantRegistry participants, TargetRouting routing, OwnParticipant own, TimeProvider time)
{
    public static bool IsAskedIn(HttpContext http) =>
        http.Request.Path.Value is { } path && FhirRequest.IsAboutNobody(path);

    public async Task HandleAsync(HttpContext http, RequestDelegate forward)
    {
        var now = time.GetUtcNow();
        var call = new Call(http, UuidV7.Create(now), now) { TransactionId = UuidV7.Create(now) };
        var refused = CallerIdentification.Identify(call) ?? Suspended(call.Caller!) ?? FhirBinding.Bind(call, own) ?? Target(call);
        await (refused is null ? routing.ForwardAsync(call, forward) : RefusalWriter.WriteAsync(call, refused));
    }

    private static Refused? Suspended(Participant caller) => caller.Status == ParticipantStatus.Active ? null : (Refused)Refusals.AccessNotPermitted;

    private Refused? Target(Call call)
    {
        call.Target = call.Fhir!.OfGateway ? own.Self : Oin.TryParse(call.Fhir.Target, out var oin) && participants.TryGet(oin, out var target) ? target : null;
        return call.Target is null ? (Refused)Refusals.TargetUnknown : null;
    }
}
