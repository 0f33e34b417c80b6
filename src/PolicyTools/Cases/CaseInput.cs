using System.Buffers;
using System.Text.Json;

namespace Keten.PolicyTools.Cases;

/// <summary>
/// From the short form of the cases to the AuthZEN input (domain.md section 5). Whatever a case holds goes in as it is, also when it has the
/// wrong type or is a fact nobody knows; what it leaves out stays out. Judging that is the policy's part.
/// </summary>
public static class CaseInput
{
    private const string ExampleOin = "00000099000000001000";
    private const string ExampleTime = "2026-03-03T23:15:00Z";

    /// <summary>Builds the input document.</summary>
    /// <param name="example">A case: an object with caller, target, purpose, category, operation, requested_fields and context.</param>
    public static byte[] Build(JsonElement example)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();

            writer.WriteStartObject("subject");
            writer.WriteString("type", "organisation");
            writer.WriteString("id", ExampleOin);
            WriteParty(writer, example, "caller", requestedFields: null);
            writer.WriteEndObject();

            writer.WriteStartObject("action");
            Write(writer, "name", Member(example, "operation"));
            writer.WriteEndObject();

            writer.WriteStartObject("resource");
            Write(writer, "type", Member(example, "category"));
            writer.WriteString("id", "pseudonym");
            WriteParty(writer, example, "target", Member(example, "requested_fields"));
            writer.WriteEndObject();

            WriteContext(writer, example);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteParty(Utf8JsonWriter writer, JsonElement example, string name, JsonElement? requestedFields)
    {
        if (Member(example, name) is not { } party)
        {
            return;
        }

        if (party.ValueKind != JsonValueKind.Object)
        {
            Write(writer, "properties", party);
            return;
        }

        writer.WriteStartObject("properties");
        foreach (var property in party.EnumerateObject().Where(property => property.Name is not ("type" or "organisation_type" or "fields")))
        {
            property.WriteTo(writer);
        }

        Write(writer, "organisation_type", Member(party, "type"));
        Write(writer, "fields", requestedFields);
        writer.WriteEndObject();
    }

    private static void WriteContext(Utf8JsonWriter writer, JsonElement example)
    {
        var context = Member(example, "context");
        if (context is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) } odd)
        {
            Write(writer, "context", odd);
            return;
        }

        writer.WriteStartObject("context");
        if (context is { ValueKind: JsonValueKind.Object } facts)
        {
            // The purpose has its own place in a case; one among the facts is not where anybody asked.
            foreach (var fact in facts.EnumerateObject().Where(fact => fact.Name is not ("purpose" or "time")))
            {
                fact.WriteTo(writer);
            }
        }

        Write(writer, "purpose", Member(example, "purpose"));
        writer.WriteString("time", ExampleTime);
        writer.WriteEndObject();
    }

    private static JsonElement? Member(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value : null;

    private static void Write(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is { } present)
        {
            writer.WritePropertyName(name);
            present.WriteTo(writer);
        }
    }
}
