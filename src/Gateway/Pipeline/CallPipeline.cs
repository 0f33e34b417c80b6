using Keten.Contracts.Identifiers;
using Keten.Gateway.Decisions;
using Keten.Gateway.Purpose;
using Keten.Gateway.Routing;

namespace Keten.Gateway.Pipeline;

/// <summary>The order in which every call is handled: identify, bind purpose, decide, record, forward, and afterwards what came of it.</summary>
internal sealed class CallPipeline(
    PurposeBinding purposeBinding, AccessDecision decision, DecisionRecorder recorder,
    TargetRouting routing, TimeProvider time)
{
    public async Task HandleAsync(HttpContext http, RequestDelegate forward)
    {
        var now = time.GetUtcNow();
        var call = new Call(http, UuidV7.Create(now), now);

        var refused = CallerIdentification.Identify(call)
            ?? purposeBinding.Bind(call)
            ?? await decision.DecideAsync(call);
        refused = await recorder.RecordAsync(call, refused) ?? refused;

        if (refused is null)
        {
            await routing.ForwardAsync(call, forward);
            await recorder.RecordOutcomeAsync(call);
        }
        else
        {
            await RefusalWriter.WriteAsync(call, refused);
        }
    }
}
