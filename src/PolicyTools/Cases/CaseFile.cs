using System.Text.Json;

namespace Keten.PolicyTools.Cases;

/// <summary>A file of cases, in the format of <c>src/PolicyBundles/keten/tests/policy-cases.json</c>.</summary>
public sealed class CaseFile
{
    private static readonly string[] Members = ["id", "caller", "target", "purpose", "category", "operation", "requested_fields", "context", "expect", "note"];
    private static readonly string[] Expected =
        ["decision", "reason_code", "caller_code", "fields", "obligations", "rule", "legal_basis", "retention_days", "break_glass"];

    private readonly JsonSource _source;
    private readonly List<PolicyCase> _cases = [];
    private readonly List<string> _remarks = [];

    private CaseFile(JsonSource source)
    {
        _source = source;
        var reader = new Utf8JsonReader(source.Bytes);
        FindCases(ref reader);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = reader.TokenStartIndex;
            _cases.Add(Read(JsonElement.ParseValue(ref reader), start));
        }

        if (_cases.Count == 0)
        {
            throw new ToolException($"{source.Name}: holds no case; nothing would be checked");
        }

        foreach (var twice in _cases.GroupBy(example => example.Id).Where(group => group.Count() > 1))
        {
            _remarks.Add($"{source.Name}:{twice.Last().Line}: the id '{twice.Key}' is used {twice.Count()} times; each is checked");
        }
    }

    public IReadOnlyList<PolicyCase> Cases => _cases;

    /// <summary>What looks like a slip but stands in no one's way: members nobody reads, ids used twice.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ToolException">It cannot be read, is not JSON, or is no file of cases; with the line.</exception>
    public static CaseFile Read(string path) => Of(JsonSource.Read(path));

    internal static CaseFile Of(JsonSource source) => new(source);

    private void FindCases(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return;
        }

        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("cases"u8);
                reader.Read();
                if (found)
                {
                    if (reader.TokenType != JsonTokenType.StartArray)
                    {
                        throw _source.Fault(reader.TokenStartIndex, "'cases' must be a list of cases");
                    }

                    return;
                }

                reader.Skip();
            }
        }

        throw _source.Fault(0, "no file of cases: expected an object with a list 'cases'; see src/PolicyBundles/keten/tests/policy-cases.json");
    }

    private PolicyCase Read(JsonElement row, long start)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw _source.Fault(start, "a case must be an object with caller, target, purpose, category, operation, context and expect");
        }

        var id = row.TryGetProperty("id", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : $"#{_cases.Count + 1}";
        if (!row.TryGetProperty("expect", out var expect) || expect.ValueKind != JsonValueKind.Object)
        {
            throw _source.Fault(start, $"case '{id}' has no 'expect' object; say at least decision and reason_code");
        }

        if (!expect.TryGetProperty("decision", out var decision) || decision.ValueKind != JsonValueKind.String || decision.GetString() is not ("allow" or "deny"))
        {
            throw _source.Fault(start, $"case '{id}': expect.decision must be \"allow\" or \"deny\"");
        }

        if (!expect.TryGetProperty("reason_code", out var code) || code.ValueKind != JsonValueKind.String)
        {
            throw _source.Fault(start, $"case '{id}': expect.reason_code must be a text");
        }

        Remark(row, Members, start, id, "");
        Remark(expect, Expected, start, id, "expect.");
        return new PolicyCase(id, _source.LineOf(start), CaseInput.Build(row), expect);
    }

    private void Remark(JsonElement parent, string[] known, long start, string id, string path)
    {
        foreach (var member in parent.EnumerateObject().Where(member => !known.Contains(member.Name, StringComparer.Ordinal)))
        {
            _remarks.Add($"{_source.Name}:{_source.LineOf(start)}: case '{id}': '{path}{member.Name}' is no part of a case and is not looked at");
        }
    }
}
