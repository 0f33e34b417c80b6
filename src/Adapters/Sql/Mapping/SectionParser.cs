using System.Collections.Frozen;
using Keten.Adapters.Sdk.Mapping;
using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Sql.Mapping;

/// <summary>Reads one section: where its rows come from, and what fills which field.</summary>
internal sealed class SectionParser(YamlMap map, string name, TimeZoneInfo zone, Faults faults)
{
    private const string StatePrefix = "states.";
    private readonly List<ColumnReference> _columns = [];
    private readonly TableScope _scope = new(map, faults);

    private bool IsClients => name == "clients";

    public SectionMapping? Read()
    {
        map.Allow(IsClients
            ? ["table", "as", "joins", "where", "query", "columns"]
            : ["table", "as", "joins", "where", "query", "columns", "client", "order_by"]);
        if (map.Has("table") == map.Has("query"))
        {
            faults.Add(map.Line, map.Path, "expected either 'table' or 'query'");
            return null;
        }

        var table = map.Has("table") ? ReadTable() : null;
        var query = map.Has("query") ? ReadQuery() : null;
        var fields = ReadFields();
        var order = map.List("order_by").Select(ReadOrder).OfType<Order>().ToList();
        return new SectionMapping(name, map.Line)
        {
            Table = table,
            Query = query,
            QueryLine = map.LineOf("query"),
            Columns = _columns,
            Fields = fields,
            OrderBy = order,
        };
    }

    private TableSource? ReadTable()
    {
        if (_scope.Declare("table", map) is not { } main)
        {
            return null;
        }

        var joins = map.List("joins").Select(j => _scope.ReadJoin(j.Node, j.Path)).OfType<Join>().ToList();
        var where = _scope.ReadConditions(map, main.Alias);
        var client = IsClients ? null : map.Text("client", required: true) is { } column ? _scope.Column(column, map.LineOf("client"), map.Key("client")) : null;
        return new TableSource(main, joins, where, client);
    }

    private string? ReadQuery()
    {
        foreach (var key in (ReadOnlySpan<string>)["as", "joins", "where", "client", "order_by"])
        {
            if (map.Has(key))
            {
                faults.Add(map.LineOf(key), map.Key(key), "goes with 'table'; write it in the query itself");
            }
        }

        if (map.Text("query") is not { } text)
        {
            return null;
        }

        var query = QueryText.Check(text, needsClient: !IsClients, out var fault);
        if (fault is not null)
        {
            faults.Add(map.LineOf("query"), map.Key("query"), fault);
        }

        return query;
    }

    private List<FieldMapping> ReadFields()
    {
        var fields = new List<FieldMapping>();
        if (!map.Has("columns"))
        {
            faults.Add(map.Line, map.Key("columns"), "missing, and required");
            return fields;
        }

        if (map.Map("columns") is not { } columns)
        {
            return fields;
        }

        var catalogue = Catalogue();
        foreach (var (field, node) in columns.Entries)
        {
            if (name == "facts" && field == "states")
            {
                fields.AddRange(ReadStates(columns));
            }
            else if (catalogue.TryGetValue(field, out var known))
            {
                Add(fields, new FieldParser(known, columns.Key(field), zone, faults, Slot).Read(node));
            }
            else
            {
                faults.Add(node, columns.Key(field), $"the catalogue has no such field for {name}{Suggestion.For(field, catalogue.Keys)}");
            }
        }

        foreach (var required in IsClients ? catalogue.Keys : [])
        {
            if (!columns.Has(required))
            {
                faults.Add(columns.Line, columns.Key(required), "missing, and required");
            }
        }

        if (fields.Count == 0 && !faults.Any)
        {
            faults.Add(columns.Line, columns.Path, "expected at least one field");
        }

        return fields;
    }

    private List<FieldMapping> ReadStates(YamlMap columns)
    {
        var fields = new List<FieldMapping>();
        foreach (var (state, node) in columns.Map("states")?.Entries ?? new Dictionary<string, YamlNode>())
        {
            var key = columns.Key(StatePrefix + state);
            if (CatalogueField.IsStateName(state))
            {
                Add(fields, new FieldParser(new CatalogueField(StatePrefix + state, FieldKind.Flag), key, zone, faults, Slot).Read(node));
            }
            else
            {
                faults.Add(node, key, "a state is a name of the purpose register: lower-case letters, digits and underscores");
            }
        }

        return fields;
    }

    private static void Add(List<FieldMapping> fields, FieldMapping? field)
    {
        if (field is not null)
        {
            fields.Add(field);
        }
    }

    private Order? ReadOrder((YamlNode Node, string Path) at)
    {
        if (YamlMap.TextOf(at.Node, at.Path, faults) is not { } text)
        {
            return null;
        }

        var descending = text.EndsWith(" desc", StringComparison.OrdinalIgnoreCase);
        var column = _scope.Column(descending ? text[..^5].Trim() : text.Trim(), (int)at.Node.Start.Line, at.Path);
        return column is null ? null : new Order(column, descending);
    }

    private FrozenDictionary<string, CatalogueField> Catalogue() => name switch
    {
        "clients" => FieldCatalogue.Clients,
        "person" => FieldCatalogue.Person,
        "household" => FieldCatalogue.Household,
        "involvement" => FieldCatalogue.Involvement,
        "plan" => FieldCatalogue.Plan,
        "crisis_intake" => FieldCatalogue.CrisisIntake,
        _ => FieldCatalogue.Facts,
    };

    private int? Slot(string column, int line, string key)
    {
        if (_scope.Column(column, line, key) is not { } reference)
        {
            return null;
        }

        var known = _columns.FindIndex(c => c.SameAs(reference));
        if (known < 0)
        {
            _columns.Add(reference);
            known = _columns.Count - 1;
        }

        return known;
    }
}
