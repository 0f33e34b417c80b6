using System.Text.Json;

namespace Keten.PolicyTools.Explain;

/// <summary>The parts of an AuthZEN input that name a register line; null where absent or no text.</summary>
internal sealed record QuestionParts(string? Caller, string? Purpose, string? Category, string? Operation, string? Target, bool BreakGlassAsked)
{
    public static QuestionParts Of(ReadOnlyMemory<byte> input)
    {
        using var document = JsonDocument.Parse(input);
        var root = document.RootElement;
        return new QuestionParts(
            Text(root, "subject", "properties", "organisation_type"), Text(root, "context", "purpose"),
            Text(root, "resource", "type"), Text(root, "action", "name"), Text(root, "resource", "properties", "organisation_type"),
            Find(root, "context", "break_glass") is { ValueKind: not JsonValueKind.Null });
    }

    private static string? Text(JsonElement root, params string[] path) => Find(root, path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Find(JsonElement place, params string[] path)
    {
        foreach (var step in path)
        {
            if (place.ValueKind != JsonValueKind.Object || !place.TryGetProperty(step, out place))
            {
                return null;
            }
        }

        return place;
    }
}
