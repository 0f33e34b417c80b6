using System.Text;
using System.Text.Json;

namespace Keten.Contracts.Catalogue;

/// <summary>
/// The case facts a caller asserts with a call (<c>keten-facts</c>, domain.md section 5). Checked here once; both evaluations of the policy
/// read the same values. Facts that only the gateway or the target may know are refused, whatever their value.
/// </summary>
public sealed class CaseFacts
{
    /// <summary>Largest accepted size, in bytes.</summary>
    public const int MaxBytes = 4096;

    private const int MaxFacts = 32;
    private static readonly string[] Enumerated = ["crisis_level", "inform_exemption", "consent", "assurance_level"];
    private static readonly string[] NeverFromCaller =
    [
        "caller_involved", "target_involved", "secret_address", "inspection_restricted", "child_objects", "purpose", "time", "traceparent",
        "break_glass", "processing_activity_id", "logged",
    ];

    private readonly List<KeyValuePair<string, JsonElement>> _values;

    private CaseFacts(ReadOnlyMemory<byte> json, List<KeyValuePair<string, JsonElement>> values)
    {
        Json = json;
        _values = values;
    }

    /// <summary>No facts: every rule that needs one fails.</summary>
    public static CaseFacts None { get; } = new("{}"u8.ToArray(), []);

    /// <summary>The object as it was sent.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Asserted age in whole years on the day of the request; null when not asserted.</summary>
    public int? SubjectAge => Find("subject_age") is { } age ? age.GetInt32() : null;

    /// <summary>Asserted consent status; null when not asserted.</summary>
    public string? Consent => Find("consent")?.GetString();

    /// <summary>Asserted ground to inform the person later (AVG 14.5): none, safety or impossible; null when not asserted.</summary>
    public string? InformExemption => Find("inform_exemption")?.GetString();

    /// <summary>The states and other yes-or-no facts that were asserted, by name.</summary>
    public IEnumerable<KeyValuePair<string, bool>> Flags =>
        _values.Where(v => v.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            .Select(v => KeyValuePair.Create(v.Key, v.Value.ValueKind == JsonValueKind.True));

    /// <summary>Parses a header value. On failure <paramref name="fault"/> says what was expected, never what was sent.</summary>
    public static bool TryParse(string? text, out CaseFacts facts, out string fault)
    {
        if (string.IsNullOrEmpty(text))
        {
            facts = None;
            fault = "";
            return true;
        }

        return TryParse(Encoding.UTF8.GetBytes(text), out facts, out fault);
    }

    /// <summary>Parses the bytes of one JSON object.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, out CaseFacts facts, out string fault)
    {
        facts = None;
        if (json.IsEmpty)
        {
            fault = "";
            return true;
        }

        if (json.Length > MaxBytes)
        {
            fault = $"at most {MaxBytes} bytes";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 3 });
            fault = Check(document.RootElement, out var values);
            if (fault.Length > 0)
            {
                return false;
            }

            facts = new CaseFacts(json, values);
            return true;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The second: a text that is no UTF-8, or half a surrogate pair; JSON as such, but nothing that can be read.
            fault = "one JSON object";
            return false;
        }
    }

    /// <summary>Writes every fact as a property of the policy's <c>context</c>, but for one that is known better.</summary>
    public void WriteTo(Utf8JsonWriter writer, string? except = null)
    {
        foreach (var (name, value) in _values)
        {
            if (name == except)
            {
                continue;
            }

            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private static string Check(JsonElement root, out List<KeyValuePair<string, JsonElement>> values)
    {
        values = [];
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "one JSON object";
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fact in root.EnumerateObject())
        {
            if (!seen.Add(fact.Name))
            {
                return "each fact once";
            }

            if (seen.Count > MaxFacts || fact.Name.Length > 64 || !fact.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            {
                return $"at most {MaxFacts} facts with names of lower-case letters, digits and underscores";
            }

            if (NeverFromCaller.Contains(fact.Name, StringComparer.Ordinal))
            {
                return $"no '{fact.Name}': it is never taken from the caller";
            }

            if (Expected(fact) is { } expected)
            {
                return expected;
            }

            values.Add(KeyValuePair.Create(fact.Name, fact.Value.Clone()));
        }

        return "";
    }

    private static string? Expected(JsonProperty fact) => fact.Name switch
    {
        "subject_age" => fact.Value.ValueKind == JsonValueKind.Number && fact.Value.TryGetInt32(out var age) && age is >= 0 and <= 150
            ? null : "'subject_age' as a whole number of years",
        "consent_by" => fact.Value.ValueKind == JsonValueKind.Array && fact.Value.GetArrayLength() <= 8
            && fact.Value.EnumerateArray().All(IsWord) ? null : "'consent_by' as a list of words",
        var name when Enumerated.Contains(name, StringComparer.Ordinal) => IsWord(fact.Value) ? null : $"'{name}' as one word",
        _ => fact.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "true or false for every other fact",
    };

    private static bool IsWord(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 32 } word
        && word.All(c => char.IsAsciiLetterLower(c) || c == '-');

    private JsonElement? Find(string name)
    {
        foreach (var (key, value) in _values)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }
}
