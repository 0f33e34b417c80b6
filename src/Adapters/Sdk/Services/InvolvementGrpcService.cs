using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>The organisation's own involvement, from the port.</summary>
internal sealed class InvolvementGrpcService(IInvolvementSource? source = null) : InvolvementService.InvolvementServiceBase
{
    public override async Task<GetInvolvementResponse> GetInvolvement(GetInvolvementRequest request, ServerCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var involvements = source ?? throw new AdapterRefusedException(Refusals.OperationNotOffered);
        return new GetInvolvementResponse
        {
            Involvements = { call.ClientId is { } clientId ? await involvements.GetAsync(clientId, context.CancellationToken) : [] },
        };
    }
}
