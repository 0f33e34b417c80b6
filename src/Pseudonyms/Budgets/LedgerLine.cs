using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keten.Pseudonyms.Budgets;

/// <summary>One line of the log of evaluations.</summary>
/// <param name="Time">UTC.</param>
/// <param name="Participant">OIN.</param>
/// <param name="Key">Key id.</param>
/// <param name="Count">How many elements.</param>
public sealed record LedgerLine(
    [property: JsonPropertyName("time")] DateTimeOffset Time, [property: JsonPropertyName("participant")] string Participant,
    [property: JsonPropertyName("key")] string Key, [property: JsonPropertyName("count")] int Count)
{
    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this), (byte)'\n'];
}
