namespace Keten.LogTools.Export;

/// <summary>What other systems read.</summary>
public enum ExportFormat
{
    /// <summary>Authorization Decision Log 1.0.0, JSON lines.</summary>
    Adl,

    /// <summary>Elastic Common Schema, JSON lines.</summary>
    Ecs,

    /// <summary>Common Event Format, one line each.</summary>
    Cef,

    /// <summary>FHIR R4 AuditEvent with the fields of NEN 7513, NDJSON.</summary>
    AuditEvent,
}
