using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>Crisis intakes, from the port.</summary>
internal sealed class CrisisIntakeGrpcService(ICrisisIntakeSource? source = null) : CrisisIntakeService.CrisisIntakeServiceBase
{
    public override async Task<GetCrisisIntakesResponse> GetCrisisIntakes(GetCrisisIntakesRequest request, ServerCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var intakes = source ?? throw new AdapterRefusedException(Refusals.OperationNotOffered);
        return new() { Intakes = { call.ClientId is { } clientId ? await intakes.GetAsync(clientId, context.CancellationToken) : [] } };
    }
}
