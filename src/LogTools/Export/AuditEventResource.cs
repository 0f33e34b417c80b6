using System.Globalization;
using System.Text.Json;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;

namespace Keten.LogTools.Export;

/// <summary>
/// One record as a FHIR R4 AuditEvent with what NEN 7513 asks: who, for whom, on which client, for what, and the four checks. IHE's AuthZ-Consent
/// profile wants a Consent, which a decision on a statutory ground has not: the same slices on the base resource.
/// </summary>
internal static class AuditEventResource
{
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";
    private const string EntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private const string ObjectRole = "http://terminology.hl7.org/CodeSystem/object-role";
    private const string BasicAudit = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
    private const string Purposes = "urn:nld:keten:purpose";

    public static void Write(ExportedRecord exported, Utf8JsonWriter writer)
    {
        var record = exported.Record;
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "AuditEvent"u8);
        writer.WriteString("id"u8, string.Create(CultureInfo.InvariantCulture, $"{exported.LogId:N}-{exported.Index}"));
        writer.WritePropertyName("type"u8);
        var (system, code, display) = record.Decision is not null ? (Dicom, "110113", "Security Alert")
            : record.Outcome is not null ? ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation") : (Dicom, "110101", "Audit Log Used");
        Coding(writer, system, code, display);
        if (record.Decision is { Operation.Length: > 0 } called)
        {
            writer.WriteStartArray("subtype"u8);
            Coding(writer, "urn:nld:keten:operation", called.Operation, null);
            writer.WriteEndArray();
        }

        writer.WriteString("action"u8, ActionOf(record));
        writer.WriteString("recorded"u8, exported.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        WriteOutcome(record, writer);
        WritePurpose(record.Decision, writer);
        WriteAgents(exported, writer);
        WriteSource(exported, writer);
        WriteEntities(exported, writer);
        writer.WriteEndObject();
    }

    private static string ActionOf(LogRecord record) => record.Decision?.Action switch
    {
        "read" or "search" or "subscribe" => "R",
        "submit" or "convene" => "C",
        "update" => "U",
        _ => "E",
    };

    /// <summary>0 went well, 4 the answer was no to a call that was forwarded, 8 refused, 12 not decided.</summary>
    private static void WriteOutcome(LogRecord record, Utf8JsonWriter writer)
    {
        var (code, text) = record switch
        {
            { Decision: { Allowed: true } d } => ("0", d.ReasonCode),
            { Decision: { Status: EvaluationStatus.Error } d } => ("12", d.ReasonCode),
            { Decision: { } d } => ("8", d.ReasonCode),
            { Outcome: { ReasonCode: "", GrpcStatus: 0 } } => ("0", ""),
            { Outcome: { } o } => ("4", o.ReasonCode),
            _ => ("0", ""),
        };
        writer.WriteString("outcome"u8, code);
        if (text.Length > 0)
        {
            writer.WriteString("outcomeDesc"u8, Clean(text));
        }
    }

    private static void WritePurpose(DecisionRecord? decision, Utf8JsonWriter writer)
    {
        if (decision is null || (decision.Purpose.Length == 0 && !decision.BreakGlass))
        {
            return;
        }

        writer.WriteStartArray("purposeOfEvent"u8);
        if (decision.Purpose.Length > 0)
        {
            Concept(writer, Purposes, decision.Purpose);
        }

        if (decision.BreakGlass)
        {
            Concept(writer, "http://terminology.hl7.org/CodeSystem/v3-ActReason", "BTG");
        }

        writer.WriteEndArray();
    }

    private static void WriteAgents(ExportedRecord exported, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("agent"u8);
        if (exported.Record.Decision is { } decision)
        {
            Agent(writer, Dicom, "110153", "urn:nld:oin", decision.Caller?.Oin, requestor: decision.Actor.Length == 0, decision.Caller?.OrganisationType);
            if (decision.Actor.Length > 0)
            {
                Agent(writer, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "urn:nld:keten:actor", decision.Actor, requestor: true, decision.ActorRole);
            }

            if (decision.Target is { Oin.Length: > 0 } target)
            {
                Agent(writer, Dicom, "110152", "urn:nld:oin", target.Oin, requestor: false, target.OrganisationType);
            }
        }
        else
        {
            Agent(writer, Dicom, "110150", "urn:nld:keten:log", exported.LogId.ToString(), requestor: exported.Record.Review is null, null);
            if (exported.Record.Review is { } review)
            {
                Agent(writer, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "urn:nld:keten:actor", review.Reviewer, requestor: true, null);
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteSource(ExportedRecord exported, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("source"u8);
        writer.WriteStartObject("observer"u8);
        Identifier(writer, "urn:nld:keten:log", exported.LogId.ToString());
        writer.WriteEndObject();
        writer.WriteStartArray("type"u8);
        Coding(writer, "http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteEntities(ExportedRecord exported, Utf8JsonWriter writer)
    {
        var record = exported.Record;
        writer.WriteStartArray("entity"u8);
        if (record.Decision is { } decision)
        {
            if (decision.Subject.Length > 0)
            {
                Entity(writer, EntityType, "1", "urn:nld:keten:pseudonym", decision.Subject, "1", []);
            }

            Entity(writer, EntityType, "2", "urn:nld:keten:category", decision.Category, "4", DetailsOf(decision));
            if (decision.TransactionId.Length > 0)
            {
                Entity(writer, BasicAudit, "XrequestId", "urn:ietf:rfc:3986", "urn:uuid:" + decision.TransactionId, null, []);
            }

            if (decision.TraceId.Length > 0)
            {
                Entity(writer, "urn:nld:keten:entity", "trace", "urn:w3c:trace-context", $"{decision.TraceId}-{decision.SpanId}", null, []);
            }
        }

        Entity(writer, "urn:nld:keten:entity", "decision", "urn:nld:keten:decision", exported.DecisionId, null, DetailsOf(record.Outcome));
        Entity(writer, "urn:nld:keten:entity", "log-entry", "urn:nld:keten:log", exported.LogId.ToString(), null,
        [
            ("leafIndex", exported.Index.ToString(CultureInfo.InvariantCulture)), ("leafHash", exported.LeafHash), ("checkpoint", exported.CheckpointText),
        ]);
        writer.WriteEndArray();
    }

    /// <summary>NEN 7513 by name; <c>controles</c> are authorisation, treatment relation, consent, emergency button.</summary>
    private static (string, string)[] DetailsOf(DecisionRecord decision) =>
    [
        ("nen7513.controles", $"{Mark(decision.Allowed)}{Mark(decision.CallerInvolved)}{Mark(ConsentOf(decision) == "given")}{Mark(decision.BreakGlass)}"),
        ("nen7513.autorisatieProtocol", decision.PolicyRevision), ("nen7513.behandelrelatieProtocol", decision.CallerInvolved ? "betrokkenheid" : ""),
        ("rule", decision.Rule), ("legalBasis", string.Join(", ", decision.LegalBasis)), ("fields", string.Join(", ", decision.Fields)),
        ("obligations", string.Join(", ", decision.Obligations)), ("case", decision.CaseReference), ("enforcementPoint", decision.EnforcementPoint),
    ];

    private static (string, string)[] DetailsOf(OutcomeRecord? outcome) => outcome is null ? [] :
    [
        ("grpcStatus", outcome.GrpcStatus.ToString(CultureInfo.InvariantCulture)), ("durationMicroseconds", outcome.DurationMicroseconds.ToString(CultureInfo.InvariantCulture)),
        ("fields", string.Join(", ", outcome.Fields)),
    ];

    private static string? ConsentOf(DecisionRecord decision) =>
        CaseFacts.TryParse(decision.AssertedFacts.Memory, out var facts, out _) ? facts.Consent : null;

    private static char Mark(bool yes) => yes ? 'T' : 'F';

    private static void Agent(Utf8JsonWriter writer, string system, string code, string idSystem, string? id, bool requestor, string? role)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("type"u8);
        Concept(writer, system, code);
        if (role is { Length: > 0 })
        {
            writer.WriteStartArray("role"u8);
            Concept(writer, "urn:nld:keten:role", role);
            writer.WriteEndArray();
        }

        if (id is { Length: > 0 })
        {
            writer.WriteStartObject("who"u8);
            Identifier(writer, idSystem, id);
            writer.WriteEndObject();
        }

        writer.WriteBoolean("requestor"u8, requestor);
        writer.WriteEndObject();
    }

    private static void Entity(Utf8JsonWriter writer, string system, string code, string idSystem, string id, string? role, (string Name, string Text)[] details)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("what"u8);
        Identifier(writer, idSystem, id.Length > 0 ? id : "-");
        writer.WriteEndObject();
        writer.WritePropertyName("type"u8);
        Coding(writer, system, code, null);
        if (role is not null)
        {
            writer.WritePropertyName("role"u8);
            Coding(writer, ObjectRole, role, null);
        }

        if (Array.Exists(details, detail => detail.Text.Length > 0))
        {
            writer.WriteStartArray("detail"u8);
            foreach (var (name, text) in details.Where(detail => detail.Text.Length > 0))
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, name);
                writer.WriteString("valueString"u8, Clean(text));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Identifier(Utf8JsonWriter writer, string system, string value)
    {
        writer.WriteStartObject("identifier"u8);
        writer.WriteString("system"u8, system);
        writer.WriteString("value"u8, Clean(value));
        writer.WriteEndObject();
    }

    private static void Concept(Utf8JsonWriter writer, string system, string code)
    {
        writer.WriteStartObject();
        if (code.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            // What a caller wrote need not be a code.
            writer.WriteString("text"u8, Clean(code));
        }
        else
        {
            writer.WriteStartArray("coding"u8);
            Coding(writer, system, code, null);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>FHIR's strings hold no control characters, and are not empty.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) is var clean && string.IsNullOrWhiteSpace(clean) ? "-" : clean;

    private static void Coding(Utf8JsonWriter writer, string system, string code, string? display)
    {
        writer.WriteStartObject();
        writer.WriteString("system"u8, system);
        writer.WriteString("code"u8, code);
        if (display is not null)
        {
            writer.WriteString("display"u8, display);
        }

        writer.WriteEndObject();
    }
}
