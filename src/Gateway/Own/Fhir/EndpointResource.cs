using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Contracts.Identifiers;
using Keten.Fhir;
using Keten.Identity;
using Keten.Protocol.V1;
using Endpoint = Hl7.Fhir.Model.Endpoint;

namespace Keten.Gateway.Own.Fhir;

/// <summary>Endpoint: where an organisation that has an adapter is asked in FHIR. Always at this gateway.</summary>
internal sealed class EndpointResource(IFhirSide side, TimeProvider time, DirectoryGrpcService service, IParticipantRegistry participants)
    : DirectoryResource(side, time, service)
{
    public override FhirResourceType Type => FhirCatalogue.Endpoint;

    /// <summary>The organisation is told and can be asked.</summary>
    public static bool Has(IParticipantRegistry participants, Organisation item) =>
        Oin.TryParse(item.Oin, out var oin) && participants.TryGet(oin, out var participant) && participant.Adapter is not null;

    protected override bool Fits(Organisation item, FhirRequest asked) => base.Fits(item, asked) && Has(participants, item);

    protected override DomainResource Map(Organisation item, FhirSubject subject) => new Endpoint
    {
        Status = Endpoint.EndpointStatus.Active,
        ConnectionType = new Coding("http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "hl7-fhir-rest"),
        Name = item.Name.Length > 0 ? item.Name : null,
        ManagingOrganization = ReferenceTo(item),
        PayloadType = [new CodeableConcept("http://terminology.hl7.org/CodeSystem/endpoint-payload-type", "any")],
        PayloadMimeType = [FhirFormat.Json.MediaType(), FhirFormat.Xml.MediaType()],
        Address = new Uri(new Uri(subject.Base), $"../{item.Oin}/fhir").AbsoluteUri,
    };
}
