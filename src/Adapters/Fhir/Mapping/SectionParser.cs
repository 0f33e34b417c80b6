using System.Collections.Frozen;
using System.Globalization;
using Hl7.Fhir.Model;
using Keten.Adapters.Sdk.Mapping;
using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Fhir.Mapping;

/// <summary>Reads one section. Each key that is not there is that of <paramref name="defaults"/>, and so is each field.</summary>
internal sealed class SectionParser(YamlMap map, YamlMap defaults, string name, TimeZoneInfo zone, Faults faults)
{
    private const string StatePrefix = "states.";
    private const int MostPages = 100_000;

    public SectionMapping? Read()
    {
        var isList = name is "clients" or "household" or "involvement";
        map.Allow(name == "clients" ? ["search", "fields", "leave_out", "max_pages"]
            : isList ? ["search", "fields", "follow", "leave_out", "max_pages"] : ["search", "fields", "follow"]);
        if (ReadSearch() is not { } search)
        {
            return null;
        }

        var leaveOut = isList && Of("leave_out").Text("leave_out") is { } text ? Expression(text, search.Type, map.LineOf("leave_out"), map.Key("leave_out")) : null;
        return new SectionMapping(name, map.LineOf("search"))
        {
            Search = search,
            LeaveOut = leaveOut,
            Follow = [.. Follow(search.Type).Select(f => ReadFollow(f.Node, f.Path, search.Type)).OfType<FhirPathExpression>()],
            MaxPages = isList ? ReadMaxPages() : 1,
            Fields = ReadFields(search.Type),
        };
    }

    private YamlMap Of(string key) => map.Has(key) ? map : defaults;

    /// <summary>True for the type that nl-core uses. On another its paths would find nothing, or something else; only what it leaves out stays, or is a fault.</summary>
    private bool IsStandard(string type) => defaults.Text("search")!.Split('?')[0] == type;

    private IReadOnlyList<(YamlNode Node, string Path)> Follow(string type) => map.Has("follow") ? map.List("follow") : IsStandard(type) ? defaults.List("follow") : [];

    private SearchTemplate? ReadSearch()
    {
        if (Of("search").Text("search") is not { } text)
        {
            return null;
        }

        var search = SearchTemplate.TryCreate(text, ofOneClient: name != "clients", out var fault);
        if (search is { Type: not "Patient" } && name is "clients" or "person" or "facts")
        {
            fault = $"expected a search of Patient; {name} is about the person";
        }
        else if (search is { Type: var type } && type != "Patient" && !Subject.Has(type))
        {
            fault = $"a {type} has no patient or subject, so that nobody can tell whose it is";
        }

        if (fault is not null)
        {
            faults.Add(map.LineOf("search"), map.Key("search"), fault);
            return null;
        }

        return search;
    }

    private FhirPathExpression? ReadFollow(YamlNode node, string path, string type) => YamlMap.TextOf(node, path, faults) is { } text ? Expression(text, type, (int)node.Start.Line, path) : null;

    private int ReadMaxPages()
    {
        var from = Of("max_pages");
        if (int.TryParse(from.Text("max_pages"), NumberStyles.None, CultureInfo.InvariantCulture, out var pages) && pages is >= 1 and <= MostPages)
        {
            return pages;
        }

        faults.Add(map.LineOf("max_pages"), map.Key("max_pages"), $"expected a whole number, 1 to {MostPages}");
        return 1;
    }

    private List<FieldMapping> ReadFields(string type)
    {
        var catalogue = Catalogue();
        var fields = new Dictionary<string, FieldMapping?>(StringComparer.Ordinal);
        var standard = defaults.Map("fields")!;

        if (IsStandard(type))
        {
            foreach (var (field, node) in standard.Entries)
            {
                fields[field] = ReadField(catalogue[field], standard.Key(field), node, type);
            }
        }

        if (map.Has("fields") && map.Map("fields") is { } own)
        {
            foreach (var (field, node) in own.Entries)
            {
                if (name == "facts" && field == "states")
                {
                    ReadStates(own, fields, type);
                }
                else if (catalogue.TryGetValue(field, out var known))
                {
                    fields[field] = ReadField(known, own.Key(field), node, type);
                }
                else
                {
                    faults.Add(node, own.Key(field), $"the catalogue has no such field for {name}{Suggestion.For(field, catalogue.Keys)}");
                }
            }
        }

        if (fields.Count == 0)
        {
            faults.Add(map.Line, map.Key("fields"), "missing, and required");
        }

        return [.. fields.Values.OfType<FieldMapping>()];
    }

    private void ReadStates(YamlMap own, Dictionary<string, FieldMapping?> fields, string type)
    {
        foreach (var (state, node) in own.Map("states")?.Entries ?? new Dictionary<string, YamlNode>())
        {
            var key = own.Key(StatePrefix + state);
            if (CatalogueField.IsStateName(state))
            {
                fields[StatePrefix + state] = ReadField(new CatalogueField(StatePrefix + state, FieldKind.Flag), key, node, type);
            }
            else
            {
                faults.Add(node, key, "a state is a name of the purpose register: lower-case letters, digits and underscores");
            }
        }
    }

    private FieldMapping? ReadField(CatalogueField field, string key, YamlNode node, string type)
    {
        var empty = new FieldMapping(field, key, (int)node.Start.Line) { Date = field.Kind == FieldKind.Date ? DatePattern.Iso(zone) : null };
        if (node is YamlScalarNode)
        {
            return YamlMap.TextOf(node, key, faults) is { } path ? empty with { Path = Expression(path, type, (int)node.Start.Line, key) } : null;
        }

        if (YamlMap.From(node, key, faults) is not { } entry)
        {
            return null;
        }

        entry.Allow(field.Name == "bsn" ? ["path"]
            : field.Kind == FieldKind.Date ? ["path", "constant", "when_null", "date"]
            : field.Kind == FieldKind.Flag ? ["path", "constant", "map", "otherwise", "when_null"]
            : ["path", "constant", "map", "otherwise", "when_null", "pad"]);
        if (entry.Has("path") == entry.Has("constant"))
        {
            faults.Add(entry.Line, key, "expected one of 'path' or 'constant'");
            return null;
        }

        var selected = entry.Text("path") is { } text ? Expression(text, type, entry.LineOf("path"), entry.Key("path")) : null;
        return new ValueParser(field, zone, faults).Read(entry, empty with { Path = selected });
    }

    private FhirPathExpression? Expression(string text, string type, int line, string key)
    {
        var expression = FhirPathExpression.TryCreate(text, type, out var fault);
        if (fault is not null)
        {
            faults.Add(line, key, fault);
        }

        return expression;
    }

    private FrozenDictionary<string, CatalogueField> Catalogue() => name switch
    {
        // The client's own id is the id of the Patient, on which all references of a FHIR server rest.
        "clients" => FieldCatalogue.Clients.Where(f => f.Key != "client_id").ToFrozenDictionary(),
        "person" => FieldCatalogue.Person,
        "household" => FieldCatalogue.Household,
        "involvement" => FieldCatalogue.Involvement,
        _ => FieldCatalogue.Facts,
    };
}
