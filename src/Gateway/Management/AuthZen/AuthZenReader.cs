using System.Buffers;
using System.Text.Json;
using Keten.Contracts.Catalogue;

namespace Keten.Gateway.Management.AuthZen;

/// <summary>Reads access evaluation requests (AuthZEN 1.0, sections 5 to 7). Fields it does not know are ignored, as the standard asks.</summary>
internal static class AuthZenReader
{
    private const int MaxText = 256;
    private const int MaxFields = 64;
    private const int MaxJustification = 1024;

    /// <summary>Facts with a type of their own; every other fact is true or false.</summary>
    private static readonly string[] TypedFacts = ["subject_age", "consent_by", "crisis_level", "inform_exemption", "consent", "assurance_level"];

    /// <summary>What the gateway knows itself, or nobody may assert: not read, whatever it says.</summary>
    private static readonly string[] NeverFromAsker = ["caller_involved", "target_involved", "secret_address", "inspection_restricted", "child_objects"];

    /// <param name="item">An evaluation, or the request itself.</param>
    /// <param name="defaults">The batch that <paramref name="item"/> stands in: an object it lacks is taken from there as a whole.</param>
    /// <exception cref="AuthZenFaultException">Something required is missing or of another type.</exception>
    public static AuthZenQuestion Read(JsonElement item, JsonElement defaults)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new AuthZenFaultException("an evaluation: expected an object");
        }

        var subject = Part(item, defaults, "subject");
        var action = Part(item, defaults, "action");
        var resource = Part(item, defaults, "resource");
        var context = Optional(item, "context", JsonValueKind.Object, "context") ?? Optional(defaults, "context", JsonValueKind.Object, "context");
        var (caller, target) = (Properties(subject, "subject"), Properties(resource, "resource"));
        return new AuthZenQuestion
        {
            SubjectType = Required(subject, "type", "subject.type"),
            SubjectId = Required(subject, "id", "subject.id"),
            Role = Text(caller, "role", "subject.properties.role") ?? "",
            Actor = Text(caller, "actor", "subject.properties.actor") ?? "",
            Action = Required(action, "name", "action.name"),
            ResourceType = Required(resource, "type", "resource.type"),
            ResourceId = Required(resource, "id", "resource.id"),
            Target = Text(target, "organisation", "resource.properties.organisation") ?? "",
            Fields = Fields(target),
            Purpose = Text(context, "purpose", "context.purpose") ?? "",
            TraceParent = Text(context, "traceparent", "context.traceparent") ?? "",
            Facts = Facts(context),
            Justification = Justification(context),
        };
    }

    private static JsonElement Part(JsonElement item, JsonElement defaults, string name) =>
        Optional(item, name, JsonValueKind.Object, name) ?? Optional(defaults, name, JsonValueKind.Object, name)
            ?? throw new AuthZenFaultException($"{name}: required, an object");

    private static JsonElement? Properties(JsonElement part, string path) => Optional(part, "properties", JsonValueKind.Object, path + ".properties");

    private static JsonElement? Optional(JsonElement? from, string name, JsonValueKind kind, string path) =>
        from is not { ValueKind: JsonValueKind.Object } element || !element.TryGetProperty(name, out var value) ? null
            : value.ValueKind == kind ? value : throw new AuthZenFaultException($"{path}: expected {Word(kind)}");

    private static string Required(JsonElement from, string name, string path) =>
        Text(from, name, path) is { Length: > 0 } text ? text : throw new AuthZenFaultException($"{path}: required, a text");

    private static string? Text(JsonElement? from, string name, string path, int longest = MaxText) =>
        Optional(from, name, JsonValueKind.String, path)?.GetString() is not { } text ? null
            : text.Length <= longest && !text.Any(char.IsControl) ? text
            : throw new AuthZenFaultException($"{path}: expected at most {longest} characters without control characters");

    private static List<string>? Fields(JsonElement? target)
    {
        if (Optional(target, "fields", JsonValueKind.Array, "resource.properties.fields") is not { } fields)
        {
            return null;
        }

        if (fields.GetArrayLength() > MaxFields || fields.EnumerateArray().Any(f => f.ValueKind != JsonValueKind.String || f.GetString()!.Length > MaxText))
        {
            throw new AuthZenFaultException($"resource.properties.fields: expected at most {MaxFields} names");
        }

        return [.. fields.EnumerateArray().Select(f => f.GetString()!)];
    }

    private static CaseFacts Facts(JsonElement? context)
    {
        if (context is not { } given)
        {
            return CaseFacts.None;
        }

        var facts = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(facts))
        {
            writer.WriteStartObject();
            foreach (var property in given.EnumerateObject().Where(IsFact))
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return CaseFacts.TryParse(facts.WrittenMemory, out var parsed, out var expected) ? parsed
            : throw new AuthZenFaultException($"context: expected {expected}");
    }

    private static bool IsFact(JsonProperty property) =>
        TypedFacts.Contains(property.Name, StringComparer.Ordinal)
        || (property.Value.ValueKind is JsonValueKind.True or JsonValueKind.False && !NeverFromAsker.Contains(property.Name, StringComparer.Ordinal));

    private static string? Justification(JsonElement? context) =>
        Optional(context, "break_glass", JsonValueKind.Object, "context.break_glass") is { } asked
            ? Text(asked, "justification", "context.break_glass.justification", MaxJustification) ?? "" : null;

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => "a text",
    };
}
