using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;

namespace Keten.Fhir.Tests;

/// <summary>As <see cref="FhirFacts"/>, of what the gateway answers itself and of the logs.</summary>
internal static class OwnFacts
{
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";

    public static List<Involved> InvolvedOf(CareTeam team) => [.. team.Participant.Select(p => InvolvedOf(team, p))];

    /// <summary>An entry stands in two resources; what is in both must agree.</summary>
    public static Organisation OrganisationOf(Organization organisation, HealthcareService offered)
    {
        var entry = new Organisation();
        Set(organisation.Identifier.SingleOrDefault()?.Value, v => entry.Oin = v);
        Set(organisation.Name, v => entry.Name = v);
        Set(organisation.Type.SingleOrDefault()?.Coding[0].Code, v => entry.OrganisationType = v);
        var contact = organisation.Contact.SingleOrDefault();
        Set(contact?.Name?.Text, v => entry.ContactDesk = v);
        Set(Telecom(contact?.Telecom, ContactPoint.ContactPointSystem.Phone), v => entry.ContactPhone = v);
        Set(Telecom(contact?.Telecom, ContactPoint.ContactPointSystem.Email), v => entry.ContactEmail = v);
        Assert.Equal((entry.ContactPhone, entry.ContactEmail),
            (Telecom(offered.Telecom, ContactPoint.ContactPointSystem.Phone) ?? "", Telecom(offered.Telecom, ContactPoint.ContactPointSystem.Email) ?? ""));
        Assert.Equal(entry.HasOin ? $"Organization/{entry.Oin}" : null, offered.ProvidedBy?.Reference);
        Assert.Equal(entry.HasName ? entry.Name : null, offered.ProvidedBy?.Display);

        entry.Expertise.Add(offered.Specialty.Select(s => s.Text));
        Set(offered.Type.SingleOrDefault()?.Text, v => entry.Offer = v);
        Set(offered.Eligibility.SingleOrDefault()?.Comment, v => entry.TargetGroup = v);
        Set(offered.CoverageArea.SingleOrDefault()?.Identifier!.Value, v => entry.Region = v);
        Set(Field(offered, "crisis_reachable"), v => entry.CrisisReachable = v == "true");
        Assert.Equal(entry.CrisisReachable, offered.Characteristic.Exists(c => c.Coding[0].Code == FhirNames.CrisisReachable));
        Set(Field(offered, "opening_hours"), v => entry.OpeningHours = v);
        Set(Field(offered, "expectations"), v => entry.Expectations = v);
        Set(Field(offered, "signalling_policy"), v => entry.SignallingPolicy = v);
        return entry;
    }

    public static ProcessingLine LineOf(AuditEvent audit)
    {
        var line = new ProcessingLine();
        Set(audit.Entity.SingleOrDefault(e => e.Type!.Code == "XrequestId")?.What!.Identifier!.Value, v => line.DecisionId = v);
        Set(audit.Recorded?.UtcDateTime.ToString("O"), v => line.OccurredAt = v);
        Set(Agent(audit, "requesting")!.Who?.Identifier!.Value, v => line.RequestingOrganisation = v);
        Set(Agent(audit, "providing")?.Who?.Identifier!.Value, v => line.ProvidingOrganisation = v);
        Set(audit.PurposeOfEvent.SingleOrDefault(p => p.Coding[0].System!.StartsWith(FhirNames.Root, StringComparison.Ordinal))?.Coding[0].Code, v => line.Purpose = v);
        line.LegalBasis.Add(Agent(audit, "requesting")!.Policy.Select(p => Uri.UnescapeDataString(p![(p!.LastIndexOf('/') + 1)..])));
        var data = audit.Entity.SingleOrDefault(e => e.Type!.Code == "2");
        Set(data?.What?.Identifier!.Value, v => line.Category = v);
        line.Fields.Add(data?.Detail.Select(d => d.Value!.ToString()!) ?? []);
        Set(audit.Subtype.SingleOrDefault()?.Code, v => line.Outcome = v);
        Set(Field(audit, "break_glass"), v => line.BreakGlass = v == "true");
        Assert.Equal(line.BreakGlass, audit.PurposeOfEvent.Exists(p => p.Coding[0].Code == "BTG"));
        Set(audit.Agent.SingleOrDefault(a => a.Type?.Coding[0].Code == "IRCP")?.Who!.Identifier!.Value, v => line.Professional = v);
        Assert.Single(audit.Agent, a => a.Requestor == true);
        if (line.HasOutcome)
        {
            // The data comes from the source (110153), which is who asked only when something was handed over.
            var direction = Agent(audit, "requesting")!.Type!.Coding[0];
            Assert.Equal((Dicom, line.Outcome == "delivered" ? "110153" : "110152"), (direction.System!, direction.Code!));
        }

        return line;
    }

    private static Involved InvolvedOf(CareTeam team, CareTeam.ParticipantComponent participant)
    {
        var organisation = participant.Member is { } member ? (Organization)team.Contained.Single(c => "#" + c.Id == member.Reference) : null;
        var involvement = new Involvement();
        var involved = new Involved { Involvement = involvement };
        Set(organisation?.Identifier.SingleOrDefault()?.Value, v => involved.Oin = v);
        Set(organisation?.Name, v => involvement.Organisation = v);
        Set(participant.Role.Find(r => r.Coding[0].System == FhirNames.OrganisationTypeSystem)?.Coding[0].Code, v => involvement.OrganisationType = v);
        Set(organisation is null ? null : Field(organisation, "department"), v => involvement.Department = v);
        var contact = organisation?.Contact.SingleOrDefault();
        Set(contact?.Name?.Text, v => involvement.ContactDesk = v);
        Set(Telecom(contact?.Telecom, ContactPoint.ContactPointSystem.Phone), v => involvement.ContactPhone = v);
        Set(Telecom(contact?.Telecom, ContactPoint.ContactPointSystem.Email), v => involvement.ContactEmail = v);
        Set(participant.Period?.Start, v => involvement.StartedOn = v);
        Set(participant.Period?.End, v => involvement.EndedOn = v);
        Set(Field(participant, "involvement_id"), v => involvement.InvolvementId = v);
        Set(Field(participant, "contact_professional"), v => involvement.ContactProfessional = v);
        Set(Field(participant, "status"), v => involvement.Status = v);
        Set(Field(participant, "legal_frame"), v => involvement.LegalFrame = v);
        Set(Field(participant, "case_lead"), v => involvement.CaseLead = v == "true");
        Assert.Equal(involvement.CaseLead, participant.Role.Exists(r => r.Coding[0].Code == "case-lead"));
        Set(Field(participant, "last_confirmed_on"), v => involvement.LastConfirmedOn = v);
        return involved;
    }

    private static AuditEvent.AgentComponent? Agent(AuditEvent audit, string role) => audit.Agent.SingleOrDefault(a => a.Role.Exists(r => r.Coding[0].Code == role));

    private static string? Telecom(List<ContactPoint>? telecom, ContactPoint.ContactPointSystem system) => telecom?.SingleOrDefault(t => t.System == system)?.Value;

    private static string? Field(IExtendable element, string field) => element.Extension.SingleOrDefault(e => e.Url == FhirNames.ExtensionRoot + field)?.Value?.ToString();

    private static void Set(string? value, Action<string> set)
    {
        if (value is not null)
        {
            set(value);
        }
    }
}
