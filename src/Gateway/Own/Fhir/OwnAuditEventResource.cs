using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own.Fhir;

/// <summary>AuditEvent: what passed through the gateway about the person.</summary>
internal sealed class OwnAuditEventResource(IFhirSide side, TimeProvider time, GatewayLogGrpcService service)
    : FhirResource<ListDecisionsRequest, ListDecisionsResponse, ProcessingLine>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.OwnAuditEvent;

    public override bool IsOffered => true;

    protected override ListDecisionsRequest RequestOf(FhirRequest asked) => new() { Until = asked.Before ?? "" };

    protected override Task<ListDecisionsResponse> CallAsync(ListDecisionsRequest request, ServerCallContext context) => service.ListDecisions(request, context);

    protected override IReadOnlyList<ProcessingLine> ItemsOf(ListDecisionsResponse response, FhirIds ids) => response.Lines;

    protected override ListDecisionsResponse Holding(IEnumerable<ProcessingLine> items) => new() { Lines = { items } };

    /// <summary>There is one line for each decision; what comes here is pruned already, so the decision may be kept back.</summary>
    protected override string NameOf(ProcessingLine item) => item.DecisionId.Length > 0 ? item.DecisionId : item.ToByteString().ToBase64();

    protected override DateTimeOffset? LastUpdatedOf(DomainResource resource) => ((AuditEvent)resource).Recorded;

    protected override DomainResource Map(ProcessingLine item, FhirSubject subject) => AuditEventMapping.Map(item, subject);
}
