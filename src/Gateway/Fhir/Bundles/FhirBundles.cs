using System.Threading.RateLimiting;
using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>Requests that are several questions in one. They are nothing to decide by themselves: each question in them goes through the pipeline.</summary>
internal sealed class FhirBundles(FhirIncludes includes, FhirOverview overview, TimeProvider time) : IDisposable
{
    // What is put together is in memory, a few at a time; the rest waits a while.
    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions { PermitLimit = 4, QueueLimit = 64 });

    public static bool AreAskedIn(Call call) =>
        call.Fhir is { } asked && (asked.Interaction == FhirInteraction.Everything || asked.Includes.Any(i => i.IsOwnQuestion));

    public async Task AnswerAsync(Call call)
    {
        var draft = new BundleDraft(call, time);
        using var turn = await _turns.AcquireAsync(1, call.Http.RequestAborted);
        if (!turn.IsAcquired)
        {
            await RefusalWriter.WriteAsync(call, (Refused)FhirRefusals.BundlesBusy);
            return;
        }

        await (call.Fhir!.Interaction == FhirInteraction.Everything ? overview.AnswerAsync(draft) : includes.AnswerAsync(draft));
    }

    public void Dispose() => _turns.Dispose();
}
