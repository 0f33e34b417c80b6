using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;
using Keten.Fhir;
using Person = Keten.Protocol.V1.Person;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>Name and address as R4 Patient; where nl-core-Patient (zib 2020) speaks, in its way. The table is in docs/fhir.md.</summary>
internal static class PatientMapping
{
    public const string OwnPrefix = Core + "humanname-own-prefix";
    public const string OwnName = Core + "humanname-own-name";
    public const string Qualifier = Core + "iso21090-EN-qualifier";
    public const string StreetName = Core + "iso21090-ADXP-streetName";
    public const string HouseNumber = Core + "iso21090-ADXP-houseNumber";
    public const string HouseNumberAddition = Core + "iso21090-ADXP-buildingNumberSuffix";
    public const string InterpreterRequired = Core + "patient-interpreterRequired";
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";

    public static Patient Map(Person person)
    {
        var patient = new Patient();
        AddName(patient, person);
        AddAddress(patient, person);
        AddTelecom(patient, ContactPoint.ContactPointSystem.Phone, person.Phone);
        AddTelecom(patient, ContactPoint.ContactPointSystem.Email, person.Email);
        FhirDates.Set(person.BirthDate, date => patient.BirthDate = date, () => patient.AddField("birth_date", FhirTexts.Of(person.BirthDate)));
        if (person.Gender.Length > 0)
        {
            patient.Gender = EnumUtility.ParseLiteral<AdministrativeGender>(person.Gender);
            if (patient.Gender is null)
            {
                patient.AddField("gender", new FhirString(person.Gender));
            }
        }

        if (person.Language.Length > 0)
        {
            patient.Communication.Add(new Patient.CommunicationComponent { Language = new CodeableConcept("urn:ietf:bcp:47", person.Language) });
        }

        if (person.HasInterpreterNeeded)
        {
            patient.Extension.Add(new Extension(InterpreterRequired, new FhirBoolean(person.InterpreterNeeded)));
        }

        patient.AddField("secret_address", person.HasSecretAddress ? new FhirBoolean(person.SecretAddress) : null);
        return patient;
    }

    private static void AddName(Patient patient, Person person)
    {
        var name = new HumanName();
        AddGiven(name, "BR", person.GivenNames);
        AddGiven(name, "IN", person.Initials);
        var family = string.Join(' ', new[] { person.FamilyNamePrefix, person.FamilyName }.Where(p => p.Length > 0));
        if (family.Length > 0)
        {
            // A prefix alone is no family name.
            name.FamilyElement = new FhirString(person.FamilyName.Length > 0 ? family : null);
            AddPart(name.FamilyElement, OwnPrefix, person.FamilyNamePrefix);
            AddPart(name.FamilyElement, OwnName, person.FamilyName);
        }

        if (name.GivenElement.Count > 0 || family.Length > 0)
        {
            name.Use = HumanName.NameUse.Official;
            patient.Name.Add(name);
        }
    }

    private static void AddGiven(HumanName name, string qualifier, string value)
    {
        if (value.Length > 0)
        {
            var given = new FhirString(value);
            given.Extension.Add(new Extension(Qualifier, new Code(qualifier)));
            name.GivenElement.Add(given);
        }
    }

    private static void AddAddress(Patient patient, Person person)
    {
        var line = string.Join(' ', new[] { person.Street, person.HouseNumber, person.HouseNumberAddition }.Where(p => p.Length > 0));
        if (line.Length + person.PostalCode.Length + person.City.Length + person.MunicipalityCode.Length == 0)
        {
            return;
        }

        var address = new Address
        {
            Use = Address.AddressUse.Home,
            PostalCode = person.PostalCode.Length > 0 ? person.PostalCode : null,
            City = person.City.Length > 0 ? person.City : null,
        };
        if (line.Length > 0)
        {
            var element = new FhirString(line);
            AddPart(element, StreetName, person.Street);
            AddPart(element, HouseNumber, person.HouseNumber);
            AddPart(element, HouseNumberAddition, person.HouseNumberAddition);
            address.LineElement.Add(element);
        }

        address.AddField("municipality_code", person.MunicipalityCode.Length > 0 ? new FhirString(person.MunicipalityCode) : null);
        patient.Address.Add(address);
    }

    private static void AddPart(Element element, string extension, string value)
    {
        if (value.Length > 0)
        {
            element.Extension.Add(new Extension(extension, new FhirString(value)));
        }
    }

    private static void AddTelecom(Patient patient, ContactPoint.ContactPointSystem system, string value)
    {
        if (value.Length > 0)
        {
            patient.Telecom.Add(new ContactPoint { System = system, Value = value });
        }
    }
}
