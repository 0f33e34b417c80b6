using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>Invitations from others: kept for the organisation's own system, which hears of them among its notifications.</summary>
internal sealed class ConsultationGrpcService(Deliveries deliveries) : ConsultationService.ConsultationServiceBase
{
    public override async Task<ConveneResponse> Convene(ConveneRequest request, ServerCallContext context)
    {
        await deliveries.KeepAsync(VerifiedCall.Of(context), new Delivery { Invitation = request.Conference ?? new Conference() }, context.CancellationToken);
        return new ConveneResponse();
    }
}
