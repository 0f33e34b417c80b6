using System.Text.Json;
using Keten.PolicyTools.Cases;

namespace Keten.PolicyTools.Explain;

/// <summary>Reads what is to be explained: an AuthZEN input, one case, or one case out of a file of cases.</summary>
public static class QuestionFile
{
    /// <summary>The AuthZEN input in a file.</summary>
    /// <exception cref="ToolException">It cannot be read, is not JSON, or does not say which case.</exception>
    public static byte[] Read(string path, string? caseId) => InputOf(JsonSource.Read(path), caseId);

    /// <summary>The AuthZEN input in bytes that came from elsewhere, for instance stdin.</summary>
    /// <inheritdoc cref="Read"/>
    public static byte[] Read(string name, byte[] bytes, string? caseId) => InputOf(JsonSource.Of(name, bytes), caseId);

    private static byte[] InputOf(JsonSource source, string? caseId)
    {
        using var document = JsonDocument.Parse(source.Bytes);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array || Has(root, "cases"))
        {
            var cases = CaseFile.Of(source).Cases;
            return (caseId is null ? throw new ToolException($"{source.Name}: is a file of {cases.Count} cases; say which with --case ID")
                : cases.FirstOrDefault(example => example.Id == caseId) ?? throw new ToolException($"{source.Name}: has no case '{caseId}'")).Input.ToArray();
        }

        if (caseId is not null)
        {
            throw new ToolException($"{source.Name}: --case is for a file of cases, and this is one question");
        }

        // An AuthZEN input never has these at its root, and a case nothing else.
        return !Has(root, "subject") && (Has(root, "caller") || Has(root, "category") || Has(root, "operation")) ? CaseInput.Build(root) : source.Bytes;
    }

    private static bool Has(JsonElement root, string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out _);
}
