using System.Buffers;
using System.Text.Json;

namespace Keten.PolicyTools.Matrix;

/// <summary>The facts of a case as a survey varies them. A null or false grants nothing and is left out of the input.</summary>
public sealed record CaseState
{
    private const string LongEnough = "Acuut gevaar voor een kind, politie en ambulance zijn onderweg";

    /// <summary>Facts that grant something, by name; each is sent as <c>true</c>.</summary>
    public required IReadOnlySet<string> Holds { get; init; }

    public int? Age { get; init; } = 30;

    public string? CrisisLevel { get; init; } = "red";

    public string? InformExemption { get; init; }

    public string? Consent { get; init; } = "given";

    public IReadOnlyList<string> ConsentBy { get; init; } = ["subject", "parent", "guardian", "legal-representative"];

    public string? AssuranceLevel { get; init; } = "high";

    public bool SecretAddress { get; init; }

    public bool InspectionRestricted { get; init; }

    public bool ChildObjects { get; init; }

    public bool BreakGlass { get; init; }

    /// <summary>Everything that speaks for the caller, and nothing against.</summary>
    public static CaseState Favourable(IEnumerable<string> states) => new()
    {
        Holds = new SortedSet<string>([.. states, "caller_involved", "target_involved", "invited", "subject_informed"], StringComparer.Ordinal),
    };

    /// <summary>The same without one fact.</summary>
    public CaseState Without(params string[] facts) => this with { Holds = new SortedSet<string>(Holds.Except(facts), StringComparer.Ordinal) };

    /// <summary>The AuthZEN input of this combination in this state.</summary>
    public byte[] InputFor(Combination combination)
    {
        ArgumentNullException.ThrowIfNull(combination);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        WriteParty(writer, "subject"u8, "organisation", combination.Caller, combination.Role);
        writer.WriteStartObject("action"u8);
        writer.WriteString("name"u8, combination.Operation);
        writer.WriteEndObject();
        WriteParty(writer, "resource"u8, combination.Category, combination.Target, role: null);
        WriteContext(writer, combination.Purpose);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteParty(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string type, string organisationType, string? role)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type"u8, type);
        writer.WriteStartObject("properties"u8);
        writer.WriteString("organisation_type"u8, organisationType);
        writer.WriteString("status"u8, "active"u8);
        WriteKnown(writer, "role"u8, role);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteContext(Utf8JsonWriter writer, string purpose)
    {
        writer.WriteStartObject("context"u8);
        writer.WriteString("purpose"u8, purpose);
        foreach (var fact in Holds)
        {
            writer.WriteBoolean(fact, true);
        }

        if (Age is { } age)
        {
            writer.WriteNumber("subject_age"u8, age);
        }

        WriteKnown(writer, "crisis_level"u8, CrisisLevel);
        WriteKnown(writer, "inform_exemption"u8, InformExemption);
        WriteKnown(writer, "consent"u8, Consent);
        if (Consent is not null)
        {
            writer.WriteStartArray("consent_by"u8);
            foreach (var giver in ConsentBy)
            {
                writer.WriteStringValue(giver);
            }

            writer.WriteEndArray();
        }

        WriteKnown(writer, "assurance_level"u8, AssuranceLevel);
        WriteTarget(writer);
        writer.WriteEndObject();
    }

    // What only the target knows is absent where nothing restricts, as at the gateway.
    private void WriteTarget(Utf8JsonWriter writer)
    {
        foreach (var (fact, restricts) in new[] { ("secret_address", SecretAddress), ("inspection_restricted", InspectionRestricted), ("child_objects", ChildObjects) })
        {
            if (restricts)
            {
                writer.WriteBoolean(fact, true);
            }
        }

        if (BreakGlass)
        {
            writer.WriteStartObject("break_glass"u8);
            writer.WriteString("justification"u8, LongEnough);
            writer.WriteEndObject();
        }
    }

    private static void WriteKnown(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
