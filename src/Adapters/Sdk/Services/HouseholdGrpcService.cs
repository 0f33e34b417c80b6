using Grpc.Core;
using Keten.Adapters.Sdk.Disclosure;
using Keten.Adapters.Sdk.Ports;
using Keten.Contracts;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Services;

/// <summary>Family, custody and household, from the port.</summary>
internal sealed class HouseholdGrpcService(SourceWatch watch, IHouseholdSource? source = null) : HouseholdService.HouseholdServiceBase
{
    public override async Task<GetHouseholdResponse> GetHousehold(GetHouseholdRequest request, ServerCallContext context) =>
        new() { Relations = { await ReadAsync(context) } };

    public override Task WatchHousehold(
        WatchHouseholdRequest request, IServerStreamWriter<WatchHouseholdResponse> responseStream, ServerCallContext context) =>
        watch.RunAsync(async () => new WatchHouseholdResponse { Relations = { await ReadAsync(context) } }, responseStream, context);

    private async Task<IReadOnlyList<HouseholdRelation>> ReadAsync(ServerCallContext context)
    {
        var call = VerifiedCall.Of(context);
        var households = source ?? throw new AdapterRefusedException(Refusals.OperationNotOffered);
        return call.ClientId is { } clientId ? await households.GetAsync(clientId, context.CancellationToken) : [];
    }
}
