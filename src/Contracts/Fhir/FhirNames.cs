namespace Keten.Contracts.Fhir;

/// <summary>URIs and headers of the FHIR endpoints. The URIs are names, nothing is to be fetched there.</summary>
public static class FhirNames
{
    /// <summary>Root of everything we name ourselves.</summary>
    public const string Root = "https://ketengateway.example/fhir";

    /// <summary>Identifier system of the pseudonym: the one identifier of a person that crosses an organisation's border.</summary>
    public const string PseudonymSystem = $"{Root}/NamingSystem/pseudonym";

    /// <summary>Identifier system of an OIN; fhir.nl has none.</summary>
    public const string OinSystem = "urn:osb:oin";

    /// <summary>Code system of the organisation types of the register.</summary>
    public const string OrganisationTypeSystem = $"{Root}/CodeSystem/organisation-type";

    /// <summary>Identifier system of the regions that organisations work in, by name.</summary>
    public const string RegionSystem = $"{Root}/NamingSystem/region";

    /// <summary>Code system of what is special about a service.</summary>
    public const string CharacteristicSystem = $"{Root}/CodeSystem/characteristic";

    /// <summary>Answers outside office hours when it is a crisis.</summary>
    public const string CrisisReachable = "crisis-reachable";

    /// <summary>Id of the Questionnaire that a crisis intake answers.</summary>
    public const string CrisisIntakeForm = "crisis-intake";

    /// <summary>Code system of the reason codes (docs/errors.md) in an OperationOutcome.</summary>
    public const string ReasonSystem = $"{Root}/CodeSystem/reason";

    /// <summary>Extensions for catalogue fields that R4 has no element for; the field's name follows.</summary>
    public const string ExtensionRoot = $"{Root}/StructureDefinition/";

    /// <summary>Identifier systems of the BSN, which is never accepted and never given (rule R4).</summary>
    public static IReadOnlyList<string> BsnSystems { get; } = ["http://fhir.nl/fhir/NamingSystem/bsn", "urn:oid:2.16.840.1.113883.2.4.6.3"];

    /// <summary>From the gateway to the adapter: the address callers know this server by, <c>https://gateway/{oin}/fhir</c>, without a slash at the end.</summary>
    public const string BaseHeader = "keten-fhir-base";

    /// <summary>From the gateway to the adapter, with <c>metadata</c>: what the policy offers for the purpose, as <c>Patient</c> or <c>Patient.update</c>, with commas between.</summary>
    public const string FragmentHeader = "keten-fhir-fragment";
}
