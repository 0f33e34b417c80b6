using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;

namespace Keten.Gateway.Fhir.Bundles;

/// <summary>Requests that are several questions in one. They are nothing to decide by themselves: each question in them goes through the pipeline.</summary>
internal sealed class FhirBundles(FhirIncludes includes, FhirOverview overview)
{
    public static bool AreAskedIn(Call call) =>
        call.Fhir is { } asked && (asked.Interaction == FhirInteraction.Everything || asked.Includes.Any(i => i.IsOwnQuestion));

    public Task AnswerAsync(Call call) => call.Fhir!.Interaction == FhirInteraction.Everything ? overview.AnswerAsync(call) : includes.AnswerAsync(call);
}
