using Keten.Contracts;
using Keten.Contracts.Fhir;
using Keten.Gateway.Pipeline;
using Keten.Gateway.Purpose;

namespace Keten.Gateway.Fhir;

/// <summary>The FHIR half of step 2: which operation a path under <c>/{oin}/fhir</c> is, and of whom. All else is bound as for gRPC.</summary>
internal static class FhirBinding
{
    public static Refused? Bind(Call call, OwnParticipant own)
    {
        var request = call.Http.Request;
        var path = request.Path.Value ?? "";
        if (!FhirRequest.IsFhir(path))
        {
            return null;
        }

        var refusal = FhirRequest.Read(request.Method, path, request.QueryString.Value ?? "", request.Headers.Accept, request.ContentType, out var asked,
            own.Self.Oin.Value);
        call.Fhir = asked;
        if (refusal is null && request.Headers.TryGetValue(KetenHeaders.Target, out var target) && target != asked.Target)
        {
            // The path says who is asked; a header that says otherwise is somebody's mistake.
            refusal = Refusals.MetadataMalformed;
        }

        if (refusal is null && asked.Interaction == FhirInteraction.Everything)
        {
            // The gateway's own, and answered before a call gets here.
            refusal = FhirRefusals.InteractionUnsupported;
        }

        if (refusal is null && asked.Interaction == FhirInteraction.Update && (request.Headers.IfMatch.Count > 0 || request.Headers.IfNoneMatch.Count > 0))
        {
            refusal = FhirRefusals.PreconditionUnsupported;
        }

        return refusal is null ? null : (Refused)refusal;
    }
}
