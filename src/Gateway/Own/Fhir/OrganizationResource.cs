using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Identity;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own.Fhir;

/// <summary>Organization: who it is and whom to call.</summary>
internal sealed class OrganizationResource(IFhirSide side, TimeProvider time, DirectoryGrpcService service, IParticipantRegistry participants)
    : DirectoryResource(side, time, service)
{
    public override FhirResourceType Type => FhirCatalogue.Organization;

    protected override DomainResource Map(Organisation item, FhirSubject subject)
    {
        var organisation = new Organization { Active = true, Name = item.Name.Length > 0 ? item.Name : null };
        if (item.Oin.Length > 0)
        {
            organisation.Identifier.Add(new Identifier(FhirNames.OinSystem, item.Oin));
        }

        OrganisationMapping.AddType(organisation, item.OrganisationType);
        OrganisationMapping.AddContact(organisation, item.ContactDesk, item.ContactPhone, item.ContactEmail);
        if (EndpointResource.Has(participants, item))
        {
            organisation.Endpoint.Add(new ResourceReference($"Endpoint/{item.Oin}"));
        }

        if (organisation.Identifier.Count == 0 && organisation.Name is null)
        {
            organisation.NameElement = new FhirString().WithoutValue(subject.Masks("organisation"));
        }

        return organisation;
    }
}
