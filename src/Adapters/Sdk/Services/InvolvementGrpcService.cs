using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>The organisation's own involvement, from the port. Of a person it shields it answers as if there were none.</summary>
internal sealed class InvolvementGrpcService(ShieldedPersons shielded, IInvolvementSource? source = null) : InvolvementService.InvolvementServiceBase
{
    public override async Task<GetInvolvementResponse> GetInvolvement(GetInvolvementRequest request, ServerCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var involvements = source ?? throw new AdapterRefusedException(Refusals.OperationNotOffered);
        return new GetInvolvementResponse
        {
            Involvements = { call.ClientId is { } clientId && !shielded.Contains(call.Permit.Subject) ? await involvements.GetAsync(clientId, context.CancellationToken) : [] },
        };
    }
}
