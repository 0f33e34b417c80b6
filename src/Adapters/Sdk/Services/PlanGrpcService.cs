using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>The family plan, from the port.</summary>
internal sealed class PlanGrpcService(IPlanSource? source = null) : PlanService.PlanServiceBase
{
    public override async Task<GetPlanResponse> GetPlan(GetPlanRequest request, ServerCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var plans = source ?? throw new AdapterRefusedException(Refusals.OperationNotOffered);
        return new() { Items = { call.ClientId is { } clientId ? await plans.GetAsync(clientId, context.CancellationToken) : [] } };
    }
}
