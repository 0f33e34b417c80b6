using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;
using Keten.Contracts.Fhir;
using Keten.Fhir;
using Person = Keten.Protocol.V1.Person;

namespace Keten.Adapters.Sdk.Fhir;

/// <summary>
/// A Patient that somebody hands over, as the fields it says. What comes out, mapped to a Patient again, must be what came in: so nothing that was
/// written is dropped, and there is no second table of what may stand where.
/// </summary>
internal static class PatientReading
{
    /// <summary>The fields.</summary>
    /// <param name="body">At most <see cref="FhirBody.MaxResourceBytes"/>.</param>
    /// <param name="format">What it says it is.</param>
    /// <param name="id">The id in the URL.</param>
    /// <param name="subject">The pseudonym of the person the call is about.</param>
    /// <exception cref="FhirRefusedException">It is not in order, or about somebody else.</exception>
    public static Person Read(byte[] body, FhirFormat format, string id, string subject)
    {
        if (FhirReading.Parse(body, format) is not Patient patient)
        {
            throw new FhirRefusedException(FhirRefusals.ResourceInvalid);
        }

        var person = PersonOf(patient);
        var refusal = FhirLabels.IsSubsetted(patient) ? FhirRefusals.UpdateSubsetted
            : patient.Identifier.Exists(i => FhirNames.BsnSystems.Contains(i.System)) ? FhirRefusals.BsnNotAccepted
            : patient.Id != id ? FhirRefusals.ResourceInvalid
            : patient.Identifier.Exists(i => i.System == FhirNames.PseudonymSystem && i.Value != subject) ? FhirRefusals.IdentifierMismatch
            : Says(patient, person) ? null
            : FhirRefusals.ResourceInvalid;
        return refusal is null ? person : throw new FhirRefusedException(refusal);
    }

    private static bool Says(Patient patient, Person person)
    {
        var asWritten = (Patient)patient.DeepCopy();
        (asWritten.Id, asWritten.Meta) = (null, null);

        // Who it is about, keten-subject says, and what says so here was compared with it.
        asWritten.Identifier.RemoveAll(i => i.System == FhirNames.PseudonymSystem);
        return person.CalculateSize() > 0 && asWritten.IsExactly(PatientMapping.Map(person));
    }

    private static Person PersonOf(Patient patient)
    {
        var (name, address) = (patient.Name.FirstOrDefault(), patient.Address.FirstOrDefault());
        var line = address?.LineElement.FirstOrDefault();
        var person = new Person();
        Set(Given(name, "BR"), text => person.GivenNames = text);
        Set(Given(name, "IN"), text => person.Initials = text);
        Set(Part(name?.FamilyElement, PatientMapping.OwnPrefix), text => person.FamilyNamePrefix = text);
        Set(Part(name?.FamilyElement, PatientMapping.OwnName), text => person.FamilyName = text);
        Set(patient.BirthDate ?? Field(patient, "birth_date"), text => person.BirthDate = text);
        Set(patient.Gender?.GetLiteral() ?? Field(patient, "gender"), text => person.Gender = text);
        Set(Part(line, PatientMapping.StreetName), text => person.Street = text);
        Set(Part(line, PatientMapping.HouseNumber), text => person.HouseNumber = text);
        Set(Part(line, PatientMapping.HouseNumberAddition), text => person.HouseNumberAddition = text);
        Set(address?.PostalCode ?? "", text => person.PostalCode = text);
        Set(address?.City ?? "", text => person.City = text);
        Set(Field(address, "municipality_code"), text => person.MunicipalityCode = text);
        Set(Telecom(patient, ContactPoint.ContactPointSystem.Phone), text => person.Phone = text);
        Set(Telecom(patient, ContactPoint.ContactPointSystem.Email), text => person.Email = text);
        Set(patient.Communication.FirstOrDefault()?.Language?.Coding.FirstOrDefault()?.Code ?? "", text => person.Language = text);
        if (patient.GetExtensionValue<FhirBoolean>(PatientMapping.InterpreterRequired)?.Value is { } interpreter)
        {
            person.InterpreterNeeded = interpreter;
        }

        if (patient.GetExtensionValue<FhirBoolean>(FhirNames.ExtensionRoot + "secret_address")?.Value is { } secret)
        {
            person.SecretAddress = secret;
        }

        return person;
    }

    /// <summary>An empty text is no text: a field that is set is a field that should change.</summary>
    private static void Set(string text, Action<string> set)
    {
        if (text.Length > 0)
        {
            set(text);
        }
    }

    private static string Given(HumanName? name, string qualifier) =>
        name?.GivenElement.Find(g => g.GetExtensionValue<Code>(PatientMapping.Qualifier)?.Value == qualifier)?.Value ?? "";

    private static string Part(IExtendable? element, string url) => element?.GetExtensionValue<FhirString>(url)?.Value ?? "";

    private static string Field(IExtendable? element, string field) => Part(element, FhirNames.ExtensionRoot + field);

    private static string Telecom(Patient patient, ContactPoint.ContactPointSystem system) => patient.Telecom.Find(t => t.System == system)?.Value ?? "";
}
