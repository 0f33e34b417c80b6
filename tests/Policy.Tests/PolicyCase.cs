using System.Text.Json;
using Keten.Contracts.Catalogue;
using Keten.Policy;

namespace Keten.Policy.Tests;

/// <summary>One row of the table of cases a privacy officer can extend.</summary>
public sealed record PolicyCase(string Id, PolicyInput Input, JsonElement Expect)
{
    private static readonly string[] NotFacts = ["caller_involved", "target_involved", "secret_address", "inspection_restricted", "child_objects", "break_glass"];

    public static IReadOnlyList<PolicyCase> All { get; } = Load(
        Path.Combine(AppContext.BaseDirectory, "policy-cases.json"));

    private static List<PolicyCase> Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(Read)];
    }

    private static PolicyCase Read(JsonElement row)
    {
        var context = row.TryGetProperty("context", out var given) ? given.Clone() : default;
        var facts = context.ValueKind == JsonValueKind.Object
            ? context.EnumerateObject().Where(f => !NotFacts.Contains(f.Name)).ToDictionary(f => f.Name, f => f.Value)
            : [];
        Assert.True(CaseFacts.TryParse(JsonSerializer.SerializeToUtf8Bytes(facts), out var parsed, out var fault), fault);
        return new PolicyCase(
            row.GetProperty("id").GetString()!,
            new PolicyInput
            {
                Caller = Party(row.GetProperty("caller")),
                ActorRole = row.GetProperty("caller").GetProperty("role").GetString()!,
                Target = Party(row.GetProperty("target")),
                Purpose = Text(row, "purpose"),
                Category = Text(row, "category"),
                Action = Text(row, "operation"),
                RequestedFields = row.TryGetProperty("requested_fields", out var fields) ? [.. fields.EnumerateArray().Select(f => f.GetString()!)] : null,
                Facts = parsed,
                CallerInvolved = Flag(context, "caller_involved") ?? false,
                TargetInvolved = Flag(context, "target_involved") ?? false,
                SecretAddress = Flag(context, "secret_address"),
                InspectionRestricted = Flag(context, "inspection_restricted"),
                ChildObjects = Flag(context, "child_objects"),
                Justification = context.ValueKind == JsonValueKind.Object && context.TryGetProperty("break_glass", out var glass)
                    ? glass.TryGetProperty("justification", out var why) ? why.GetString() : "" : null,
                Time = "2026-01-01T00:00:00Z",
            },
            row.GetProperty("expect").Clone());
    }

    private static PolicyParty Party(JsonElement party) => new(
        "00000099000000001000", party.GetProperty("type").GetString()!,
        party.TryGetProperty("status", out var status) ? status.GetString()! : "active");

    private static string Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static bool? Flag(JsonElement context, string name) =>
        context.ValueKind == JsonValueKind.Object && context.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? context.GetProperty(name).GetBoolean() : null;
}
