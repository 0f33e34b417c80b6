using System.Diagnostics.CodeAnalysis;
using Keten.Contracts;
using Keten.Contracts.Identifiers;
using Keten.Gateway.Decisions;
using Keten.Gateway.Fhir;
using Keten.Gateway.Metrics;
using Keten.Gateway.Purpose;
using Keten.Gateway.Routing;

namespace Keten.Gateway.Pipeline;

/// <summary>The order in which every call is handled: identify, bind purpose, decide, record, forward, and afterwards what came of it.</summary>
internal sealed partial class CallPipeline(
    PurposeBinding purposeBinding, PurposeFragments fragments, AccessDecision decision, DecisionRecorder recorder, TargetRouting routing, DecisionMetrics metrics,
    TimeProvider time, ILogger<CallPipeline> logger)
{
    public async Task HandleAsync(HttpContext http, RequestDelegate forward)
    {
        var now = time.GetUtcNow();
        var call = new Call(http, UuidV7.Create(now), now);
        try
        {
            await HandleAsync(call, forward);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A fault of ours is a refusal too. The type only: a message may hold what must not be in a log.
            Log.Failed(logger, call.DecisionId, fault.GetType().FullName ?? "", fault.StackTrace ?? "");
            await RefusalWriter.WriteAsync(call, (Refused)Refusals.Internal);
        }
    }

    private async Task HandleAsync(Call call, RequestDelegate forward)
    {
        var refused = await JudgeAsync(call);
        refused = await recorder.RecordAsync(call, refused) ?? refused;
        metrics.Decided(DecisionRecorder.EnforcementPoint, refused?.Code);

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

    /// <summary>Null when it may be forwarded. A fault of ours is a refusal as any other, and on the record as any other.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever fails here, the call is refused, and that is recorded.")]
    private async ValueTask<Refused?> JudgeAsync(Call call)
    {
        try
        {
            return CallerIdentification.Identify(call)
                ?? purposeBinding.Bind(call)
                ?? await FhirQuestion.ReadAsync(call)
                ?? await fragments.RefusalAsync(call)
                ?? await decision.DecideAsync(call);
        }
        catch (Exception fault)
        {
            Log.Failed(logger, call.DecisionId, fault.GetType().FullName ?? "", fault.StackTrace ?? "");
            return (Refused)Refusals.Internal;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Critical, "Decision {DecisionId}: the pipeline failed with {FaultType}, refused. {Place}")]
        public static partial void Failed(ILogger logger, string decisionId, string faultType, string place);
    }
}
