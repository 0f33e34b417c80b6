using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>A YAML mapping that reports what is missing, of the wrong shape or not known, with its line.</summary>
internal sealed class YamlMap
{
    private readonly YamlMappingNode _node;
    private readonly Faults _faults;
    private readonly Dictionary<string, YamlNode> _entries = new(StringComparer.Ordinal);

    private YamlMap(YamlMappingNode node, string path, Faults faults)
    {
        (_node, Path, _faults) = (node, path, faults);
        foreach (var (key, value) in node.Children)
        {
            if (key is YamlScalarNode { Value: { } name })
            {
                _entries[name] = value;
            }
            else
            {
                faults.Add(key, path.Length == 0 ? "(file)" : path, "a key is not a plain word");
            }
        }
    }

    public string Path { get; }

    public int Line => (int)_node.Start.Line;

    public IReadOnlyDictionary<string, YamlNode> Entries => _entries;

    public static YamlMap? From(YamlNode node, string path, Faults faults)
    {
        if (node is YamlMappingNode map)
        {
            return new YamlMap(map, path, faults);
        }

        faults.Add(node, path.Length == 0 ? "(file)" : path, "expected keys with values");
        return null;
    }

    public string Key(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    public bool Has(string name) => _entries.ContainsKey(name);

    public int LineOf(string name) => _entries.TryGetValue(name, out var node) ? (int)node.Start.Line : Line;

    /// <summary>Faults every key that is not in <paramref name="names"/>.</summary>
    public void Allow(params ReadOnlySpan<string> names)
    {
        var known = names.ToArray();
        foreach (var (name, value) in _entries)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                _faults.Add(value, Key(name), $"no such key{Suggestion.For(name, known)}");
            }
        }
    }

    public YamlMap? Map(string name) => _entries.TryGetValue(name, out var node) ? From(node, Key(name), _faults) : null;

    /// <summary>A word or text; null, and a fault when <paramref name="required"/>, if it is not there.</summary>
    public string? Text(string name, bool required = false)
    {
        if (!_entries.TryGetValue(name, out var node))
        {
            if (required)
            {
                _faults.Add(Line, Key(name), "missing, and required");
            }

            return null;
        }

        return TextOf(node, Key(name), _faults);
    }

    public IReadOnlyList<(YamlNode Node, string Path)> List(string name)
    {
        if (!_entries.TryGetValue(name, out var node))
        {
            return [];
        }

        if (node is YamlSequenceNode list)
        {
            return [.. list.Children.Select((child, i) => (child, $"{Key(name)}[{i}]"))];
        }

        _faults.Add(node, Key(name), "expected a list");
        return [];
    }

    public static string? TextOf(YamlNode node, string path, Faults faults)
    {
        if (node is YamlScalarNode { Value: { } text } scalar && !(text.Length == 0 && scalar.Style == YamlDotNet.Core.ScalarStyle.Plain))
        {
            return text;
        }

        faults.Add(node, path, "expected a value");
        return null;
    }
}
