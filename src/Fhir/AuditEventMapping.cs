using System.Globalization;
using Hl7.Fhir.Model;
using Keten.Contracts.Fhir;
using Keten.Protocol.V1;

namespace Keten.Fhir;

/// <summary>
/// A line of "who saw what about me" as R4 AuditEvent, with IHE BALP's agents and entities. Its profiles ask for network addresses and for an interaction, which
/// a line has not; a legal basis is a policy of the one who asked.
/// </summary>
internal static class AuditEventMapping
{
    private const string Terminology = "http://terminology.hl7.org/CodeSystem/";
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";

    public static AuditEvent Map(ProcessingLine line, FhirSubject subject)
    {
        var audit = new AuditEvent
        {
            Type = new Coding(Terminology + "audit-event-type", "rest", "RESTful Operation"),
            RecordedElement = Recorded(line, subject),
            Source = new AuditEvent.SourceComponent
            {
                Observer = Organisation(subject.Terms.Provider), Type = [new Coding(Terminology + "security-source-type", "4", "Application Server")],
            },
        };
        AddOutcome(audit, line.Outcome);
        AddPurpose(audit, line);
        AddAgents(audit, line);
        AddEntities(audit, line, subject);
        return audit;
    }

    private static Instant Recorded(ProcessingLine line, FhirSubject subject) =>
        DateTimeOffset.TryParse(line.OccurredAt, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment)
            ? new Instant(moment.UtcDateTime) : new Instant().WithoutValue(subject.Masks("occurred_at"));

    /// <summary>R4's own code says how bad it was; the subtype is what came of it in our words.</summary>
    private static void AddOutcome(AuditEvent audit, string outcome)
    {
        if (outcome.Length == 0)
        {
            return;
        }

        audit.Subtype.Add(new Coding($"{FhirNames.Root}/CodeSystem/processing-outcome", outcome));
        audit.Action = outcome == "disclosed" ? AuditEvent.AuditEventAction.R : null;
        audit.Outcome = outcome switch
        {
            "disclosed" or "delivered" or "received" => AuditEvent.AuditEventOutcome.N0,
            "failed" => AuditEvent.AuditEventOutcome.N4,
            "refused" => AuditEvent.AuditEventOutcome.N8,
            _ => null,
        };
    }

    private static void AddPurpose(AuditEvent audit, ProcessingLine line)
    {
        if (line.Purpose.Length > 0)
        {
            audit.PurposeOfEvent.Add(new CodeableConcept($"{FhirNames.Root}/CodeSystem/purpose", line.Purpose));
        }

        if (line.BreakGlass)
        {
            audit.PurposeOfEvent.Add(new CodeableConcept(Terminology + "v3-ActReason", "BTG"));
        }

        audit.AddField("break_glass", line.HasBreakGlass ? new FhirBoolean(line.BreakGlass) : null);
    }

    private static void AddAgents(AuditEvent audit, ProcessingLine line)
    {
        // R4 wants an agent, also when nothing of it is told. What is handed over goes from who asked to who was asked; all else the other way.
        var delivered = line.Outcome == "delivered";
        var requesting = Agent("requesting", line.RequestingOrganisation, delivered ? "110153" : "110152", line.Outcome);
        requesting.Requestor = line.Professional.Length == 0;
        requesting.Policy = [.. line.LegalBasis.Select(basis => $"{FhirNames.Root}/legal-basis/{Uri.EscapeDataString(basis)}")];
        audit.Agent.Add(requesting);
        if (line.Professional.Length > 0)
        {
            audit.Agent.Add(new AuditEvent.AgentComponent
            {
                Type = new CodeableConcept(Terminology + "v3-ParticipationType", "IRCP"), Requestor = true,
                Who = new ResourceReference { Identifier = new Identifier($"{FhirNames.Root}/NamingSystem/professional", line.Professional) },
            });
        }

        if (line.ProvidingOrganisation.Length > 0)
        {
            audit.Agent.Add(Agent("providing", line.ProvidingOrganisation, delivered ? "110152" : "110153", line.Outcome));
        }
    }

    private static AuditEvent.AgentComponent Agent(string role, string oin, string direction, string outcome) => new()
    {
        Type = outcome.Length > 0 ? new CodeableConcept(Dicom, direction) : null,
        Role = [new CodeableConcept($"{FhirNames.Root}/CodeSystem/processing-role", role)],
        Who = oin.Length > 0 ? Organisation(oin) : null,
        Requestor = false,
    };

    private static void AddEntities(AuditEvent audit, ProcessingLine line, FhirSubject subject)
    {
        audit.Entity.Add(Entity(Terminology + "audit-entity-type", "1", subject.Reference, role: "1"));
        if (line.Category.Length > 0 || line.Fields.Count > 0)
        {
            var what = line.Category.Length > 0 ? Identified("category", line.Category) : null;
            var data = Entity(Terminology + "audit-entity-type", "2", what, role: "4");
            data.Detail.AddRange(line.Fields.Select(field => new AuditEvent.DetailComponent { Type = "field", Value = new FhirString(field) }));
            audit.Entity.Add(data);
        }

        if (line.DecisionId.Length > 0)
        {
            audit.Entity.Add(Entity("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId", Identified("decision", line.DecisionId), role: null));
        }
    }

    private static AuditEvent.EntityComponent Entity(string system, string code, ResourceReference? what, string? role) => new()
    {
        What = what, Type = new Coding(system, code), Role = role is null ? null : new Coding(Terminology + "object-role", role),
    };

    private static ResourceReference Identified(string system, string value) => new() { Identifier = new Identifier($"{FhirNames.Root}/NamingSystem/{system}", value) };

    private static ResourceReference Organisation(string oin) => new() { Type = "Organization", Identifier = new Identifier(FhirNames.OinSystem, oin) };
}
