using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keten.Policy.Tests.Conformance;

/// <summary>One of OPA's own cases (v1/test/cases): modules, a query, and what it must give.</summary>
/// <param name="Number">Names its packages in the module it is compiled into together with others.</param>
/// <param name="Note">OPA's name for it.</param>
/// <param name="IsV0">Written in the Rego of before OPA 1.0.</param>
/// <param name="Modules">Rego, its packages renamed.</param>
/// <param name="EntryPoint">What the query asks for; null when it asks for more than one value.</param>
/// <param name="Want">The value wanted; <see cref="Undefined"/>: none.</param>
internal sealed partial record OpaCase(
    int Number, string Note, bool IsV0, IReadOnlyList<string> Modules, string? EntryPoint, string Data, string Input, string Want)
{
    public const string Undefined = "undefined";

    public static IEnumerable<OpaCase> Load(string directory)
    {
        var number = 0;
        foreach (var file in Directory.EnumerateFiles(directory, "test-*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var yaml = new YamlStream();
            using var reader = File.OpenText(file);
            yaml.Load(reader);
            foreach (var node in ((YamlSequenceNode)yaml.Documents[0].RootNode["cases"]).Cast<YamlMappingNode>())
            {
                yield return Read(number++, node, file.Contains("/v0/", StringComparison.Ordinal));
            }
        }
    }

    private static OpaCase Read(int number, YamlMappingNode node, bool isV0)
    {
        var texts = node.Children.TryGetValue("modules", out var modules)
            ? ((YamlSequenceNode)modules).Select(m => ((YamlScalarNode)m).Value!).ToArray() : [];
        var roots = texts.Select(t => Package().Match(t).Groups[1].Value.Split('.', '[')[0]).Where(r => r.Length > 0).Distinct().ToArray();
        var query = Query().Match(Text(node, "query"));
        var path = query.Success && !node.Children.Keys.OfType<YamlScalarNode>().Any(k => k.Value!.StartsWith("want_error", StringComparison.Ordinal))
            ? $"case_{number}/{query.Groups[1].Value.Replace('.', '/')}" : null;
        return new OpaCase(
            number, Text(node, "note"), isV0, [.. texts.Select(Rename)], path, Json(node, "data") ?? "{}",
            node.Children.ContainsKey("input_term") ? Text(node, "input_term") : Json(node, "input") ?? "", Wanted(node));

        string Rename(string text)
        {
            text = Package().Replace(text, $"package case_{number}.$1");
            return roots.Aggregate(text, (t, root) => Regex.Replace(t, $@"\bdata\.{root}\b", $"data.case_{number}.{root}"));
        }
    }

    private static string Wanted(YamlMappingNode node) =>
        !node.Children.TryGetValue("want_result", out var want) || want is not YamlSequenceNode { Children.Count: 1 } results ? Undefined
            : Convert(results[0])!["x"]?.ToJsonString() ?? "null";

    private static string Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value! : "";

    private static string? Json(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? Convert(value)?.ToJsonString() ?? "null" : null;

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Select(p => KeyValuePair.Create(((YamlScalarNode)p.Key).Value!, Convert(p.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => plain.Value switch
        {
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            null or "" or "null" or "~" => null,
            var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => JsonNode.Parse(text),
            var text => JsonValue.Create(text),
        },
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidDataException($"line {node.Start.Line}: an alias or tag"),
    };

    [GeneratedRegex(@"^\s*package\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Package();

    [GeneratedRegex(@"^data\.([\w.]+) = x$")]
    private static partial Regex Query();
}
