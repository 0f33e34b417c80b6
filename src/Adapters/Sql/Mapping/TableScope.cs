using Keten.Adapters.Sdk.Mapping;
using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Sql.Mapping;

/// <summary>The tables of one section and the names under which their columns are found. For a query there are none, and a column is a column.</summary>
internal sealed class TableScope(YamlMap section, Faults faults)
{
    private readonly List<string> _aliases = [];

    /// <summary>A table, with its alias: <c>as</c>, or its own name.</summary>
    public TableName? Declare(string key, YamlMap map)
    {
        if (map.Text(key, required: true) is not { } text || !Check(text, map.LineOf(key), map.Key(key)))
        {
            return null;
        }

        var parts = text.Split('.');
        var alias = map.Text("as") ?? parts[^1];
        if (!Check(alias, map.LineOf("as"), map.Key("as")) || parts.Length > 2 || parts.Contains(""))
        {
            faults.Add(map.LineOf(key), map.Key(key), "expected a table, or schema.table");
            return null;
        }

        if (_aliases.Contains(alias, StringComparer.OrdinalIgnoreCase))
        {
            faults.Add(map.LineOf(key), map.Key(key), $"'{alias}' is there already; give this one another name with 'as'");
            return null;
        }

        _aliases.Add(alias);
        return new TableName(parts, alias, map.LineOf(key), map.Key(key));
    }

    public Join? ReadJoin(YamlNode node, string path)
    {
        if (YamlMap.From(node, path, faults) is not { } map)
        {
            return null;
        }

        map.Allow("table", "as", "kind", "on", "where");
        var kind = map.Text("kind");
        if (kind is not (null or "left" or "inner"))
        {
            faults.Add(map.LineOf("kind"), map.Key("kind"), "expected left (the default) or inner");
        }

        if (!map.Has("on"))
        {
            faults.Add(map.Line, map.Key("on"), "missing, and required: which column of this table equals which column of an earlier one");
        }

        if (Declare("table", map) is not { } table)
        {
            return null;
        }

        var pairs = new List<(ColumnReference, ColumnReference)>();
        foreach (var (own, other) in map.Map("on")?.Entries ?? new Dictionary<string, YamlNode>())
        {
            var key = map.Key($"on.{own}");
            if (YamlMap.TextOf(other, key, faults) is { } text && Own(own, table.Alias, other, key) is { } left
                && Column(text, (int)other.Start.Line, key) is { } right)
            {
                pairs.Add((left, right));
            }
        }

        return new Join(table, kind == "inner", pairs, ReadConditions(map, table.Alias));
    }

    public List<Condition> ReadConditions(YamlMap map, string alias)
    {
        var conditions = new List<Condition>();
        foreach (var (column, value) in map.Has("where") ? map.Map("where")?.Entries ?? new Dictionary<string, YamlNode>() : new Dictionary<string, YamlNode>())
        {
            var key = map.Key($"where.{column}");
            if (YamlMap.TextOf(value, key, faults) is { } text && Own(column, alias, value, key) is { } reference)
            {
                conditions.Add(new Condition(reference, text));
            }
        }

        return conditions;
    }

    /// <summary><c>column</c> of the first table, <c>alias.column</c> of another; for a query, the name of a column of its result.</summary>
    public ColumnReference? Column(string text, int line, string key)
    {
        if (!Check(text, line, key))
        {
            return null;
        }

        if (section.Has("query"))
        {
            return new ColumnReference("", text, line, key);
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var alias = dot < 0 ? _aliases.FirstOrDefault() : _aliases.Find(a => a == text[..dot]);
        if (alias is null)
        {
            // Without a first table there is a fault about that already.
            if (_aliases.Count > 0)
            {
                faults.Add(line, key, $"no table '{text[..dot]}' in this section{Suggestion.For(text[..dot], _aliases)}");
            }

            return null;
        }

        return new ColumnReference(alias, text[(dot + 1)..], line, key);
    }

    private ColumnReference? Own(string column, string alias, YamlNode at, string key) =>
        Check(column, (int)at.Start.Line, key) ? new ColumnReference(alias, column, (int)at.Start.Line, key) : null;

    private bool Check(string name, int line, string key)
    {
        // Every name is quoted in a statement; this only keeps out what no database accepts as a name.
        if (name.Length is > 0 and <= 128 && !name.Any(char.IsControl))
        {
            return true;
        }

        faults.Add(line, key, "expected a name of 1 to 128 characters");
        return false;
    }
}
