using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Policy.Tests.Engines;

/// <summary>
/// Inputs no adapter would send and some that it would: a case of the table, changed in none to five places. A place gets another word of the
/// register, a value of another type, or goes. Seeded: a number of the run names the same input for ever.
/// </summary>
internal sealed class Generator
{
    private static readonly string[] Facts =
    [
        "caller_involved", "target_involved", "crisis_level", "invited", "subject_age", "subject_informed", "inform_exemption", "consent", "consent_by",
        "secret_address", "inspection_restricted", "child_objects", "assurance_level", "break_glass", "risk_assessed", "reporter_of_record",
        "measure_active", "investigation_open", "temporary_ban", "zvh_case", "police_release", "unknown_fact", "purpose", "time",
    ];

    private static readonly string[] Words =
    [
        "none", "green", "orange", "red", "given", "refused", "withdrawn", "subject", "parent", "guardian", "legal-representative", "safety", "impossible",
        "low", "substantial", "high", "active", "suspended", "", " ", "bsn", "inwoner", "Kind alleen thuis met gewonde moeder", "kind", "é\u2028\"\\",
        "\ud83d\ude00", "0 disclose", "true",
    ];

    private static readonly string[] Numbers = ["0", "-1", "8", "11", "12", "15", "16", "17", "18", "22", "23", "8.5", "8.0", "1e1", "1e400", "-0", "999", "1000", "99999999999999999999999"];

    private readonly string[] _register;
    private readonly string[] _cases;

    public Generator()
    {
        using var data = JsonDocument.Parse(PolicyBundle.Embedded().Data);
        var words = new HashSet<string>(StringComparer.Ordinal);
        Collect(data.RootElement, words);
        _register = [.. words.Where(w => w.Length < 64).Order(StringComparer.Ordinal)];
        _cases = [.. PolicyCase.All.Select(c => Write(c.Input))];
    }

    /// <summary>The input document of the run's n-th question.</summary>
    public string Input(int seed, int n)
    {
        var random = new Random(HashCode(seed, n));
        var root = JsonNode.Parse(_cases[random.Next(_cases.Length)])!;
        for (var changes = random.Next(6); changes > 0; changes--)
        {
            root = Change(root, random);
        }

        return root is null ? "null" : root.ToJsonString();
    }

    public static string Write(PolicyInput input)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            input.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    // string.GetHashCode differs from run to run.
    private static int HashCode(int seed, int n) => unchecked((seed * 1_000_003) ^ (n * 7919));

    private JsonNode? Change(JsonNode? root, Random random)
    {
        if (root is not JsonObject { Count: > 0 } || random.Next(400) == 0)
        {
            return Value(random, 2);
        }

        // Facts decide most rules, so half of all changes go there.
        if (random.Next(2) == 0 && root["context"] is JsonObject context)
        {
            context[Facts[random.Next(Facts.Length)]] = Value(random, 2);
            return root;
        }

        var places = new List<(JsonNode Parent, string? Key, int Index)>();
        Places(root, places);
        var (parent, key, index) = places[random.Next(places.Count)];
        if (parent is JsonObject owner)
        {
            if (random.Next(5) == 0)
            {
                owner.Remove(key!);
            }
            else
            {
                owner[key!] = Value(random, 2);
            }
        }
        else
        {
            ((JsonArray)parent)[index] = Value(random, 1);
        }

        return root;
    }

    private JsonNode? Value(Random random, int depth) => random.Next(depth > 0 ? 13 : 9) switch
    {
        0 or 1 or 2 => JsonValue.Create(_register[random.Next(_register.Length)]),
        3 => JsonValue.Create(Words[random.Next(Words.Length)]),
        4 or 5 => JsonValue.Create(true),
        6 => JsonValue.Create(false),
        7 => JsonNode.Parse(Numbers[random.Next(Numbers.Length)]),
        8 => null,
        9 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]),
        10 => new JsonObject { ["justification"] = Value(random, depth - 1) },
        11 => new JsonObject { [_register[random.Next(_register.Length)]] = Value(random, depth - 1) },
        _ => JsonNode.Parse(Numbers[random.Next(Numbers.Length)]),
    };

    private static void Places(JsonNode node, List<(JsonNode, string?, int)> places)
    {
        if (node is JsonObject parent)
        {
            foreach (var (key, value) in parent)
            {
                places.Add((parent, key, -1));
                if (value is not null)
                {
                    Places(value, places);
                }
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                places.Add((list, null, i));
            }
        }
    }

    private static void Collect(JsonElement element, HashSet<string> words)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                words.Add(property.Name);
                Collect(property.Value, words);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Collect(item, words);
            }
        }
    }
}
