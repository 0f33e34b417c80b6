using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Gateway.Own.Fhir;

/// <summary>HealthcareService: what an organisation does, for whom, where, and how it wants to be approached. One for each organisation.</summary>
internal sealed class HealthcareServiceResource(IFhirSide side, TimeProvider time, DirectoryGrpcService service) : DirectoryResource(side, time, service)
{
    public override FhirResourceType Type => FhirCatalogue.HealthcareService;

    protected override DomainResource Map(Organisation item, FhirSubject subject)
    {
        var offered = new HealthcareService { Active = true, ProvidedBy = ReferenceTo(item) };
        offered.Specialty.AddRange(item.Expertise.Select(text => new CodeableConcept { Text = text }));
        if (item.Offer.Length > 0)
        {
            offered.Type.Add(new CodeableConcept { Text = item.Offer });
        }

        if (item.TargetGroup.Length > 0)
        {
            offered.Eligibility.Add(new HealthcareService.EligibilityComponent { Comment = item.TargetGroup });
        }

        if (item.Region.Length > 0)
        {
            offered.CoverageArea.Add(new ResourceReference { Identifier = new Identifier(FhirNames.RegionSystem, item.Region), Display = item.Region });
        }

        if (item.CrisisReachable)
        {
            offered.Characteristic.Add(new CodeableConcept(FhirNames.CharacteristicSystem, FhirNames.CrisisReachable));
        }

        offered.Telecom.AddRange(OrganisationMapping.Telecoms(item.ContactPhone, item.ContactEmail));
        offered.AddField("crisis_reachable", item.HasCrisisReachable ? new FhirBoolean(item.CrisisReachable) : null);
        offered.AddField("opening_hours", FhirTexts.Of(item.OpeningHours));
        offered.AddField("expectations", FhirTexts.Of(item.Expectations));
        offered.AddField("signalling_policy", FhirTexts.Of(item.SignallingPolicy));
        return offered;
    }
}
