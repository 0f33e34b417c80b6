using Keten.Contracts;
using Keten.Contracts.Catalogue;
using Keten.Contracts.Fhir;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Purpose;
using Keten.Gateway.Routing;
using Keten.Identity;
using Keten.Policy;

namespace Keten.Gateway.Fhir;

/// <summary>
/// <c>GET /{oin}/fhir/metadata</c>: what an adapter offers, or the gateway itself. A FHIR client asks this before anything else and names no purpose; it is about
/// nobody, so there is nothing to decide or to record. So it is with the questions of a form (<c>Questionnaire</c>).
/// Who asks must still be an active participant. With <c>keten-purpose</c> and <c>keten-actor-role</c> the answer is
/// the fragment for that purpose: what the policy could allow this caller at this target, whoever the person is.
/// </summary>
internal sealed partial class FhirCapabilities(
    IParticipantRegistry participants, OperationCatalogue catalogue, PurposeFragments fragments, TargetRouting routing, OwnParticipant own, TimeProvider time,
    ILogger<FhirCapabilities> logger)
{
    public static bool IsAskedIn(HttpContext http) =>
        http.Request.Path.Value is { } path && FhirRequest.IsAboutNobody(path);

    public async Task HandleAsync(HttpContext http, RequestDelegate forward)
    {
        var now = time.GetUtcNow();
        var call = new Call(http, UuidV7.Create(now), now) { TransactionId = UuidV7.Create(now) };
        try
        {
            await HandleAsync(call, forward);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The type only: a message may hold what must not be in a log.
            Log.Failed(logger, fault.GetType().FullName ?? "");
            await RefusalWriter.WriteAsync(call, (Refused)Refusals.Internal);
        }
    }

    private async Task HandleAsync(Call call, RequestDelegate forward)
    {
        var refused = CallerIdentification.Identify(call) ?? Suspended(call.Caller!) ?? FhirBinding.Bind(call, own) ?? Target(call) ?? await FragmentAsync(call);
        await (refused is null ? routing.ForwardAsync(call, forward) : RefusalWriter.WriteAsync(call, refused));
    }

    private static Refused? Suspended(Participant caller) => caller.Status == ParticipantStatus.Active ? null : (Refused)Refusals.AccessNotPermitted;

    private async ValueTask<Refused?> FragmentAsync(Call call)
    {
        var metadata = new MetadataReader(call.Http.Request.Headers);
        if (metadata.Optional(KetenHeaders.Purpose, 256) is not { } purpose)
        {
            return null;
        }

        var role = metadata.Required(KetenHeaders.ActorRole, 256);
        if (metadata.Fault is { } fault)
        {
            return (Refused)fault;
        }

        var offered = new List<string>();
        try
        {
            foreach (var type in FhirCatalogue.All.Where(t => t.OfGateway == call.Fhir!.OfGateway))
            {
                await AddAsync(type.Name, type.OperationPath);
                await AddAsync(type.UpdateName, type.UpdatePath);
            }
        }
        catch (Exception problem) when (problem is PolicyUnavailableException or TimeoutException)
        {
            return (Refused)Refusals.PolicyUnavailable;
        }

        call.FhirFragment = offered;
        return null;

        async ValueTask AddAsync(string name, string? path)
        {
            if (path is not null && catalogue.TryGet(path, out var operation)
                && await fragments.OffersAsync(call.Caller!, role, purpose, call.Target!, operation, call.Http.RequestAborted))
            {
                offered.Add(name);
            }
        }
    }

    private Refused? Target(Call call)
    {
        call.Target = call.Fhir!.OfGateway ? own.Self : Oin.TryParse(call.Fhir.Target, out var oin) && participants.TryGet(oin, out var target) ? target : null;
        return call.Target is null ? (Refused)Refusals.TargetUnknown : null;
    }

    private static partial class Log
    {
        [LoggerMessage(4301, LogLevel.Error, "A question after FHIR capabilities failed with {ProblemType}, refused")]
        public static partial void Failed(ILogger logger, string problemType);
    }
}
