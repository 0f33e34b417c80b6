using System.Text.Json;

namespace Keten.Policy;

/// <summary>Input of <c>keten/matching/level</c> (schemas/matching_input.json in the bundle).</summary>
internal readonly record struct VisibilityInput(string ViewerType, string HolderType, string Purpose, bool Shielded)
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("viewer_type"u8, ViewerType);
        writer.WriteString("holder_type"u8, HolderType);
        writer.WriteString("purpose"u8, Purpose);
        writer.WriteBoolean("shielded"u8, Shielded);
        writer.WriteEndObject();
    }
}
