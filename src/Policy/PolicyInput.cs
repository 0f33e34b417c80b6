using System.Text.Json;
using Keten.Contracts.Catalogue;

namespace Keten.Policy;

/// <summary>
/// Everything the policy may know about one call, AuthZEN-shaped when written (domain.md section 5; schema in the bundle). Time and facts come
/// in here and from nowhere else, so that a decision can be run again.
/// </summary>
public sealed record PolicyInput
{
    public required PolicyParty Caller { get; init; }

    public required PolicyParty Target { get; init; }

    /// <summary>The caller's opaque id of the professional, and the role asserted.</summary>
    public string Actor { get; init; } = "";

    public required string ActorRole { get; init; }

    public required string Purpose { get; init; }

    public required string Category { get; init; }

    /// <summary>Operation id of the register: read, search, subscribe, submit, update, convene.</summary>
    public required string Action { get; init; }

    /// <summary>Pseudonym; empty when the category is not personal.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Null: no wish, everything the purpose gives.</summary>
    public IReadOnlyList<string>? RequestedFields { get; init; }

    public CaseFacts Facts { get; init; } = CaseFacts.None;

    /// <summary>From the gateway's own view of involvements.</summary>
    public bool CallerInvolved { get; init; }

    public bool TargetInvolved { get; init; }

    /// <summary>An invitation the gateway knows of; false leaves it to what the caller asserts.</summary>
    public bool Invited { get; init; }

    /// <summary>Known to the target only: null at the gateway.</summary>
    public bool? SecretAddress { get; init; }

    public bool? InspectionRestricted { get; init; }

    public bool? ChildObjects { get; init; }

    /// <summary>Null when break-glass is not asked.</summary>
    public string? Justification { get; init; }

    /// <summary>Set when the question is not whether the log may be read, but whether this line of it may be shown.</summary>
    public LoggedLine? Logged { get; init; }

    /// <summary>RFC 3339, UTC.</summary>
    public required string Time { get; init; }

    public string TraceParent { get; init; } = "";

    /// <summary>Writes the input document.</summary>
    public void WriteTo(Utf8JsonWriter writer) => WriteTo(writer, NamedMembers.All);

    internal void WriteTo(Utf8JsonWriter writer, NamedMembers named)
    {
        writer.WriteStartObject();

        writer.WriteStartObject("subject"u8);
        writer.WriteString("type"u8, "organisation"u8);
        WriteNamed(writer, named.Id, "id"u8, Caller.Oin);
        writer.WriteStartObject("properties"u8);
        writer.WriteString("organisation_type"u8, Caller.OrganisationType);
        writer.WriteString("status"u8, Caller.Status);
        writer.WriteString("role"u8, ActorRole);
        WriteNamed(writer, named.Actor, "actor"u8, Actor);
        writer.WriteEndObject();
        writer.WriteEndObject();

        writer.WriteStartObject("action"u8);
        writer.WriteString("name"u8, Action);
        writer.WriteEndObject();

        writer.WriteStartObject("resource"u8);
        writer.WriteString("type"u8, Category);
        WriteNamed(writer, named.Id, "id"u8, Subject);
        writer.WriteStartObject("properties"u8);
        writer.WriteString("organisation_type"u8, Target.OrganisationType);
        writer.WriteString("organisation"u8, Target.Oin);
        writer.WriteString("status"u8, Target.Status);
        if (RequestedFields is not null)
        {
            writer.WriteStartArray("fields"u8);
            foreach (var field in RequestedFields)
            {
                writer.WriteStringValue(field);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();

        writer.WriteStartObject("context"u8);
        writer.WriteString("purpose"u8, Purpose);
        WriteNamed(writer, named.ProcessingActivity, "processing_activity_id"u8, named.ProcessingActivity ? ProcessingActivity.IdOf(Purpose) : "");
        WriteNamed(writer, named.Time, "time"u8, Time);
        WriteNamed(writer, named.TraceParent, "traceparent"u8, TraceParent);
        writer.WriteBoolean("caller_involved"u8, CallerInvolved);
        writer.WriteBoolean("target_involved"u8, TargetInvolved);
        WriteKnown(writer, "secret_address"u8, SecretAddress);
        WriteKnown(writer, "inspection_restricted"u8, InspectionRestricted);
        WriteKnown(writer, "child_objects"u8, ChildObjects);
        Facts.WriteTo(writer, except: Invited ? "invited" : null);
        if (Invited)
        {
            writer.WriteBoolean("invited"u8, true);
        }

        if (Logged is { } line)
        {
            Write(writer, line);
        }

        if (Justification is not null)
        {
            writer.WriteStartObject("break_glass"u8);
            writer.WriteString("justification"u8, Justification);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, LoggedLine line)
    {
        writer.WriteStartObject("logged"u8);
        writer.WriteString("caller_type"u8, line.CallerType);
        writer.WriteString("target_type"u8, line.TargetType);
        writer.WriteString("purpose"u8, line.Purpose);
        writer.WriteString("category"u8, line.Category);
        writer.WriteBoolean("uninformed"u8, line.Uninformed);
        writer.WriteBoolean("shielded"u8, line.Shielded);
        writer.WriteNumber("days"u8, line.Days);
        writer.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter writer, bool isNamed, ReadOnlySpan<byte> name, string value)
    {
        if (isNamed)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteKnown(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } known)
        {
            writer.WriteBoolean(name, known);
        }
    }
}
