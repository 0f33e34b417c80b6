using Google.Protobuf;
using Grpc.Core;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sdk.Services;
using Keten.Contracts.Fhir;
using Keten.Contracts.Identifiers;
using Keten.Fhir;
using Keten.Protocol.V1;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>RelatedPerson: family, custody and household.</summary>
internal sealed class RelatedPersonResource(
    IFhirSide side, TimeProvider time, HouseholdGrpcService service, IHouseholdSource? source = null)
    : FhirResource<GetHouseholdRequest, GetHouseholdResponse, HouseholdRelation>(side, time)
{
    public override FhirResourceType Type => FhirCatalogue.RelatedPerson;

    public override bool IsOffered => source is not null;

    protected override Task<GetHouseholdResponse> CallAsync(GetHouseholdRequest request, ServerCallContext context) => service.GetHousehold(request, context);

    protected override IReadOnlyList<HouseholdRelation> ItemsOf(GetHouseholdResponse response, FhirIds ids) => response.Relations;

    protected override GetHouseholdResponse Holding(IEnumerable<HouseholdRelation> items) => new() { Relations = { items } };

    /// <summary>A relation without an id of its own is known by what it says: when that changes, it is another.</summary>
    protected override string NameOf(HouseholdRelation item) => item.RelationId.Length > 0 ? item.RelationId : item.ToByteString().ToBase64();

    protected override DomainResource Map(HouseholdRelation item, FhirSubject subject)
    {
        var person = new RelatedPerson { Patient = subject.Reference };
        if (item.RelationId.Length > 0)
        {
            person.Identifier.Add(new Identifier($"{FhirNames.Root}/NamingSystem/relation", item.RelationId));
        }

        if (item.RelationType.Length > 0)
        {
            person.Relationship.Add(new CodeableConcept { Text = item.RelationType });
        }

        // A source names them in words, or by pseudonym when that may be known.
        if (Pseudonym.TryParse(item.RelatedPerson, out var pseudonym))
        {
            person.Identifier.Add(new Identifier(FhirNames.PseudonymSystem, pseudonym.Value));
        }
        else if (item.RelatedPerson.Length > 0)
        {
            person.Name.Add(new HumanName { Text = item.RelatedPerson });
        }

        person.Period = FhirDates.Period(person, ("valid_from", item.ValidFrom), ("valid_to", item.ValidTo));
        person.AddField("lives_in_household", item.HasLivesInHousehold ? new FhirBoolean(item.LivesInHousehold) : null);
        person.AddField("legal_custody", FhirTexts.Of(item.LegalCustody));
        person.AddField("custody_measure", FhirTexts.Of(item.CustodyMeasure));
        person.AddField("care_arrangement", FhirTexts.Of(item.CareArrangement));
        person.AddField("contact_restriction", FhirTexts.Of(item.ContactRestriction));
        return person;
    }
}
