using Grpc.Core;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Gateway.Fhir;
using Keten.Gateway.Pipeline;

namespace Keten.Gateway.Own.Fhir;

/// <summary>The gateway's own services in R4: what comes here was decided and recorded, as over gRPC.</summary>
internal sealed class OwnFhir(IEnumerable<IFhirResource> resources, TimeProvider time)
{
    public async Task AnswerAsync(HttpContext http)
    {
        var call = http.Features.Get<Call>() ?? throw new InvalidOperationException("The gateway's own FHIR was called past the pipeline.");
        var asked = call.Fhir!;
        FhirForwarding.WriteBase(call);
        try
        {
            await (asked.Interaction == FhirInteraction.Capabilities
                ? FhirAnswer.WriteAsync(http, asked.Format, FhirCapabilityStatement.Make("KetenGateway", FhirAnswer.Base(http), resources.Select(r => r.Type), call.FhirFragment))
                : FhirAnswer.WriteFoundAsync(http, asked, await resources.First(r => r.Type == asked.Type).AnswerAsync(http, asked), time.GetUtcNow()));
        }
        catch (FhirRefusedException refused)
        {
            await FhirAnswer.WriteAsync(http, asked.Format, FhirRefused.By(refused.Refusal));
        }
        catch (RpcException refused)
        {
            await FhirAnswer.WriteAsync(http, asked.Format, FhirRefused.By(refused));
        }
    }
}
