using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;
using Person = Keten.Protocol.V1.Person;

namespace Keten.Fhir.Tests;

/// <summary>Reads resources back into the messages of the contracts, written apart from the mapping: what does not come back was lost or changed.</summary>
internal static class FhirFacts
{
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";

    public static Person PersonOf(Patient patient)
    {
        var person = new Person();
        foreach (var name in patient.Name)
        {
            Set(name.GivenElement.FirstOrDefault(g => Extension(g, Core + "iso21090-EN-qualifier") == "BR")?.Value, v => person.GivenNames = v);
            Set(name.GivenElement.FirstOrDefault(g => Extension(g, Core + "iso21090-EN-qualifier") == "IN")?.Value, v => person.Initials = v);
            Set(Extension(name.FamilyElement, Core + "humanname-own-prefix"), v => person.FamilyNamePrefix = v);
            Set(Extension(name.FamilyElement, Core + "humanname-own-name"), v => person.FamilyName = v);
            Assert.Equal(person.HasFamilyName ? $"{person.FamilyNamePrefix} {person.FamilyName}".Trim() : null, name.Family);
        }

        Set(patient.BirthDate, v => person.BirthDate = v);
        Set(patient.GenderElement?.ToString(), v => person.Gender = v);
        foreach (var address in patient.Address)
        {
            foreach (var line in address.LineElement)
            {
                Set(Extension(line, Core + "iso21090-ADXP-streetName"), v => person.Street = v);
                Set(Extension(line, Core + "iso21090-ADXP-houseNumber"), v => person.HouseNumber = v);
                Set(Extension(line, Core + "iso21090-ADXP-buildingNumberSuffix"), v => person.HouseNumberAddition = v);
                Assert.Equal(string.Join(' ', new[] { person.Street, person.HouseNumber, person.HouseNumberAddition }.Where(p => p.Length > 0)), line.Value);
            }

            Set(address.PostalCode, v => person.PostalCode = v);
            Set(address.City, v => person.City = v);
            Set(Field(address, "municipality_code"), v => person.MunicipalityCode = v);
        }

        Set(patient.Telecom.SingleOrDefault(t => t.System == ContactPoint.ContactPointSystem.Phone)?.Value, v => person.Phone = v);
        Set(patient.Telecom.SingleOrDefault(t => t.System == ContactPoint.ContactPointSystem.Email)?.Value, v => person.Email = v);
        Set(patient.Communication.SingleOrDefault()?.Language?.Coding[0].Code, v => person.Language = v);
        Set(Extension(patient, Core + "patient-interpreterRequired"), v => person.InterpreterNeeded = v == "true");
        Set(Field(patient, "secret_address"), v => person.SecretAddress = v == "true");
        return person;
    }

    public static HouseholdRelation RelationOf(RelatedPerson related)
    {
        var relation = new HouseholdRelation();
        Set(related.Identifier.SingleOrDefault(i => i.System == $"{FhirNames.Root}/NamingSystem/relation")?.Value, v => relation.RelationId = v);
        Set(related.Identifier.SingleOrDefault(i => i.System == FhirNames.PseudonymSystem)?.Value, v => relation.RelatedPerson = v);
        Set(related.Relationship.SingleOrDefault()?.Text, v => relation.RelationType = v);
        Set(related.Name.SingleOrDefault()?.Text, v => relation.RelatedPerson = v);
        Set(related.Period?.Start, v => relation.ValidFrom = v);
        Set(related.Period?.End, v => relation.ValidTo = v);
        Set(Field(related, "lives_in_household"), v => relation.LivesInHousehold = v == "true");
        Set(Field(related, "legal_custody"), v => relation.LegalCustody = v);
        Set(Field(related, "custody_measure"), v => relation.CustodyMeasure = v);
        Set(Field(related, "care_arrangement"), v => relation.CareArrangement = v);
        Set(Field(related, "contact_restriction"), v => relation.ContactRestriction = v);
        return relation;
    }

    public static Involvement InvolvementOf(EpisodeOfCare episode)
    {
        var involvement = new Involvement();
        var organisation = episode.Contained.OfType<Organization>().SingleOrDefault();
        Set(episode.Identifier.SingleOrDefault()?.Value, v => involvement.InvolvementId = v);
        Set(organisation?.Name, v => involvement.Organisation = v);
        Set(organisation?.Type.SingleOrDefault()?.Coding[0].Code, v => involvement.OrganisationType = v);
        Set(organisation is null ? null : Field(organisation, "department"), v => involvement.Department = v);
        var contact = organisation?.Contact.SingleOrDefault();
        Set(contact?.Name?.Text, v => involvement.ContactDesk = v);
        Set(contact?.Telecom.SingleOrDefault(t => t.System == ContactPoint.ContactPointSystem.Phone)?.Value, v => involvement.ContactPhone = v);
        Set(contact?.Telecom.SingleOrDefault(t => t.System == ContactPoint.ContactPointSystem.Email)?.Value, v => involvement.ContactEmail = v);
        Set(episode.CareManager?.Display, v => involvement.ContactProfessional = v);
        Set(episode.Period?.Start, v => involvement.StartedOn = v);
        Set(episode.Period?.End, v => involvement.EndedOn = v);
        Set(episode.Status switch { EpisodeOfCare.EpisodeOfCareStatus.Active => "active", EpisodeOfCare.EpisodeOfCareStatus.Finished => "ended", _ => null }, v => involvement.Status = v);
        Set(Field(episode, "legal_frame"), v => involvement.LegalFrame = v);
        Set(Field(episode, "case_lead"), v => involvement.CaseLead = v == "true");
        Set(Field(episode, "last_confirmed_on"), v => involvement.LastConfirmedOn = v);
        return involvement;
    }

    private static string? Field(IExtendable element, string field) => Extension(element, FhirNames.ExtensionRoot + field);

    private static string? Extension(IExtendable? element, string url) => element?.Extension.SingleOrDefault(e => e.Url == url)?.Value?.ToString();

    private static void Set(string? value, Action<string> set)
    {
        if (value is not null)
        {
            set(value);
        }
    }
}
