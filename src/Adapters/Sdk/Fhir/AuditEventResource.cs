using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>AuditEvent: what this organisation's logbook has about the person. Every adapter has one.</summary>
internal sealed class AuditEventResource(IFhirSide side, TimeProvider time, ProcessingLogGrpcService service)
    : FhirResource<ListProcessingRequest, ListProcessingResponse, ProcessingLine>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.AuditEvent;

    public override bool IsOffered => true;

    protected override ListProcessingRequest RequestOf(FhirRequest asked) => new() { Until = asked.Before ?? "" };

    protected override Task<ListProcessingResponse> CallAsync(ListProcessingRequest request, ServerCallContext context) => service.ListProcessing(request, context);

    protected override IReadOnlyList<ProcessingLine> ItemsOf(ListProcessingResponse response, FhirIds ids) => response.Lines;

    protected override ListProcessingResponse Holding(IEnumerable<ProcessingLine> items) => new() { Lines = { items } };

    /// <summary>There is one line for each decision. A notification rests on none, and is known by what it says.</summary>
    protected override string NameOf(ProcessingLine item) => item.DecisionId.Length > 0 ? item.DecisionId : item.ToByteString().ToBase64();

    protected override DateTimeOffset? LastUpdatedOf(DomainResource resource) => ((AuditEvent)resource).Recorded;

    protected override DomainResource Map(ProcessingLine item, FhirSubject subject) => AuditEventMapping.Map(item, subject);
}
