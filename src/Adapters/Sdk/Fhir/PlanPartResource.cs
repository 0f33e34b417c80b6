using Grpc.Core;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>A resource type made of part of the family plan. Each is a search of its own over the same operation.</summary>
internal abstract class PlanPartResource(IFhirSide side, TimeProvider time, PlanGrpcService service, IPlanSource? source)
    : FhirResource<GetPlanRequest, GetPlanResponse, FhirPart<PlanItem>>(side, time)
{
    public override bool IsOffered => source is not null;

    protected override Task<GetPlanResponse> CallAsync(GetPlanRequest request, ServerCallContext context) => service.GetPlan(request, context);

    protected override GetPlanResponse Holding(IEnumerable<FhirPart<PlanItem>> items) => new() { Items = { items.SelectMany(part => part.Items) } };

    protected override string NameOf(FhirPart<PlanItem> item) => item.Name;

    protected override bool IsThere(FhirPart<PlanItem> item) => item.Items.Any(step => step.CalculateSize() > 0);
}
