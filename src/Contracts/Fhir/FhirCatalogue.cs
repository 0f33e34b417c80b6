using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Keten.Contracts.Fhir;

/// <summary>Every resource type that may be asked for through the gateway. What is not here is refused before the policy runs.</summary>
public static class FhirCatalogue
{
    private static readonly FhirParameter Id = new("_id", FhirParameterKind.Id);

    /// <summary>A line of a log is never changed: it is as old as what it tells of.</summary>
    private static readonly FhirParameter[] Before = [new("date", FhirParameterKind.Before), new("_lastUpdated", FhirParameterKind.Before)];

    /// <summary>The gateway has no Patient to refer to.</summary>
    private static readonly FhirParameter[] OfThePerson = [Id, new("patient:identifier", FhirParameterKind.Pseudonym)];

    private static readonly FhirParameter[] OfAPatient = [.. OfThePerson, new("patient", FhirParameterKind.PatientReference)];

    private const string GetPlan = "/keten.plan.v1.PlanService/GetPlan";

    private const string GetCrisisIntakes = "/keten.crisis.v1.CrisisIntakeService/GetCrisisIntakes";

    private const string SearchOrganisations = "/keten.directory.v1.DirectoryService/SearchOrganisations";

    /// <summary>Comes along with what it is about, of the same decision; not asked for by itself.</summary>
    public const string Provenance = "Provenance";

    private static readonly FhirInclude ItsProvenance = new("_revinclude", "Provenance:target", Provenance);

    /// <summary>Name and address (<c>naw</c>).</summary>
    public static FhirResourceType Patient { get; } = new(
        "Patient", "/keten.person.v1.PersonService/GetPerson", [Id, new("identifier", FhirParameterKind.Pseudonym)])
    {
        UpdatePath = "/keten.person.v1.PersonService/CorrectPerson",
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["identifier"] = [],
            ["name"] = ["given_names", "initials", "family_name_prefix", "family_name"],
            ["birthDate"] = ["birth_date"],
            ["gender"] = ["gender"],
            ["address"] = ["street", "house_number", "house_number_addition", "postal_code", "city", "municipality_code"],
            ["telecom"] = ["phone", "email"],
            ["communication"] = ["language"],
            ["extension"] = ["interpreter_needed", "secret_address"],
        },
        SummaryElements = ["name", "birthDate", "gender", "address", "telecom"],
        Includes = [new("_revinclude", "RelatedPerson:patient", "RelatedPerson"), new("_revinclude", "EpisodeOfCare:patient", "EpisodeOfCare"), ItsProvenance],
    };

    /// <summary>Family, custody and household (<c>gezinssamenstelling</c>).</summary>
    public static FhirResourceType RelatedPerson { get; } = new("RelatedPerson", "/keten.person.v1.HouseholdService/GetHousehold", OfAPatient)
    {
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["identifier"] = ["relation_id"],
            ["relationship"] = ["relation_type"],
            ["name"] = ["related_person"],
            ["period"] = ["valid_from", "valid_to"],
            ["extension"] = ["lives_in_household", "legal_custody", "custody_measure", "care_arrangement", "contact_restriction"],
        },
        SummaryElements = ["identifier", "relationship", "name"],
        Includes = [new("_include", "RelatedPerson:patient", "Patient"), ItsProvenance],
    };

    /// <summary>The organisation's own involvement (<c>betrokkenheid</c>).</summary>
    public static FhirResourceType EpisodeOfCare { get; } = new(
        "EpisodeOfCare", "/keten.involvement.v1.InvolvementService/GetInvolvement", OfAPatient)
    {
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["identifier"] = ["involvement_id"],
            ["status"] = ["status"],
            ["period"] = ["started_on", "ended_on"],
            ["careManager"] = ["contact_professional"],
            ["managingOrganization"] = ["organisation", "organisation_type", "department", "contact_desk", "contact_phone", "contact_email"],
            ["extension"] = ["legal_frame", "case_lead", "last_confirmed_on"],
        },
        SummaryElements = ["status", "managingOrganization", "period"],
        RequiredFields = ["status"],
        Includes = [new("_include", "EpisodeOfCare:patient", "Patient"), ItsProvenance],
    };

    /// <summary>A family plan (<c>plan</c>); its goals and tasks are resources of their own.</summary>
    public static FhirResourceType CarePlan { get; } = new("CarePlan", GetPlan, OfAPatient);

    /// <summary>What a family plan is to reach.</summary>
    public static FhirResourceType Goal { get; } = new("Goal", GetPlan, OfAPatient);

    /// <summary>What somebody does for it.</summary>
    public static FhirResourceType Task { get; } = new("Task", GetPlan, OfAPatient);

    /// <summary>A crisis intake (<c>crisis-intake</c>), as the form it is.</summary>
    public static FhirResourceType QuestionnaireResponse { get; } = new("QuestionnaireResponse", GetCrisisIntakes, OfAPatient);

    /// <summary>The crisis level that a professional set in an intake.</summary>
    public static FhirResourceType RiskAssessment { get; } = new("RiskAssessment", GetCrisisIntakes, OfAPatient);

    private static readonly Dictionary<string, IReadOnlyList<string>> OfALine = new()
    {
        ["recorded"] = ["occurred_at"],
        ["subtype"] = ["outcome"],
        ["action"] = ["outcome"],
        ["outcome"] = ["outcome"],
        ["purposeOfEvent"] = ["purpose", "break_glass"],
        ["agent"] = ["requesting_organisation", "providing_organisation", "professional", "legal_basis", "outcome"],
        ["entity"] = ["category", "fields", "decision_id"],
        ["extension"] = ["break_glass"],
    };

    private static readonly string[] SummaryOfALine = ["recorded", "subtype", "action", "outcome", "purposeOfEvent"];

    /// <summary>Beside what R4 requires, what a line is known by.</summary>
    private static readonly string[] RequiredOfALine = ["decision_id", "occurred_at", "requesting_organisation"];

    /// <summary>What an organisation's logbook has about the person (<c>verwerkingen-log</c>).</summary>
    public static FhirResourceType AuditEvent { get; } = new(
        "AuditEvent", "/keten.processing.v1.ProcessingLogService/ListProcessing", [.. OfAPatient, .. Before])
    {
        Elements = OfALine, SummaryElements = SummaryOfALine, RequiredFields = RequiredOfALine,
    };

    /// <summary>The same of what passed through the gateway.</summary>
    public static FhirResourceType OwnAuditEvent { get; } = new(
        "AuditEvent", "/keten.processing.v1.GatewayLogService/ListDecisions", [.. OfThePerson, .. Before])
    {
        OfGateway = true, Elements = OfALine, SummaryElements = SummaryOfALine, RequiredFields = RequiredOfALine,
    };

    /// <summary>Who else is involved, as far as the caller may know (<c>betrokkenheid</c>): a view, kept nowhere.</summary>
    public static FhirResourceType CareTeam { get; } = new(
        "CareTeam", "/keten.involvement.v1.InvolvementIndexService/ListInvolved", OfThePerson) { OfGateway = true };

    /// <summary>Who there is and whom to call (<c>sociale-kaart</c>).</summary>
    public static FhirResourceType Organization { get; } = new(
        "Organization", SearchOrganisations,
        [new("_id", FhirParameterKind.Oin), new("identifier", FhirParameterKind.OinIdentifier), new("type", FhirParameterKind.OrganisationType)])
    {
        OfGateway = true,
        OfOrganisations = true,
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["identifier"] = ["organisation"],
            ["name"] = ["organisation"],
            ["type"] = ["organisation_type"],
            ["contact"] = ["contact_desk", "contact_phone", "contact_email"],
        },
        SummaryElements = ["identifier", "name", "type"],
        RequiredFields = ["organisation"],
    };

    /// <summary>What an organisation does, for whom and where.</summary>
    public static FhirResourceType HealthcareService { get; } = new(
        "HealthcareService", SearchOrganisations,
        [
            new("_id", FhirParameterKind.Oin), new("organization", FhirParameterKind.OrganisationReference), new("coverage-area:identifier", FhirParameterKind.Region),
            new("characteristic", FhirParameterKind.CrisisReachable), new("_content", FhirParameterKind.Words),
        ])
    {
        OfGateway = true,
        OfOrganisations = true,
        Elements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["providedBy"] = ["organisation"],
            ["specialty"] = ["expertise"],
            ["type"] = ["offer"],
            ["eligibility"] = ["target_group"],
            ["coverageArea"] = ["region"],
            ["characteristic"] = ["crisis_reachable"],
            ["telecom"] = ["contact_phone", "contact_email"],
            ["extension"] = ["crisis_reachable", "opening_hours", "expectations", "signalling_policy"],
        },
        SummaryElements = ["providedBy", "specialty", "type"],
        RequiredFields = ["organisation"],
    };

    /// <summary>Where an organisation is asked.</summary>
    public static FhirResourceType Endpoint { get; } = new(
        "Endpoint", SearchOrganisations, [new("_id", FhirParameterKind.Oin), new("organization", FhirParameterKind.OrganisationReference)])
    { OfGateway = true, OfOrganisations = true };

    /// <summary>All of the above, in this order.</summary>
    public static IReadOnlyList<FhirResourceType> All { get; } =
    [
        Patient, RelatedPerson, EpisodeOfCare, CarePlan, Goal, Task, QuestionnaireResponse, RiskAssessment, AuditEvent, OwnAuditEvent, CareTeam, Organization,
        HealthcareService, Endpoint,
    ];

    private static readonly FrozenDictionary<(string Name, bool OfGateway), FhirResourceType> Types = All.ToFrozenDictionary(t => (t.Name, t.OfGateway));

    /// <summary>False for a type that is not offered.</summary>
    /// <param name="name">R4 name.</param>
    /// <param name="ofGateway">By the gateway itself; otherwise by an adapter.</param>
    /// <param name="type">The type.</param>
    public static bool TryGet(string name, bool ofGateway, [MaybeNullWhen(false)] out FhirResourceType type) => Types.TryGetValue((name, ofGateway), out type);
}
