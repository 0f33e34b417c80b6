using System.Text.Json;

namespace Keten.PolicyTools;

/// <summary>
/// The compiled register of a bundle (<c>data.keten.register</c>): what there is to ask about, by id, and the words for it. What is allowed is
/// never concluded from it; that is for the policy to say.
/// </summary>
public sealed class PolicyRegister
{
    private readonly JsonElement _root;

    private PolicyRegister(JsonElement root)
    {
        _root = root;
        OrganisationTypes = Entries("organisation_types");
        Callers = [.. OrganisationTypes.Where(type => root.GetProperty("organisation_types").GetProperty(type.Id).GetProperty("participant").GetBoolean())];
        Purposes = Entries("purposes");
        Categories = Entries("categories");
        Operations = Names(root.GetProperty("operations"));
        States = [.. Lines().SelectMany(line => line.TryGetProperty("requires", out var states) ? states.EnumerateArray() : [])
            .Select(state => state.GetProperty("fact").GetString()!).Distinct().Order(StringComparer.Ordinal)];
        AgeBounds = [.. Lines().SelectMany(line => line.TryGetProperty("age", out var age) ? age.EnumerateObject().Select(bound => bound.Value.GetInt32()) : [])
            .Distinct().Order()];
    }

    public IReadOnlyList<Named> OrganisationTypes { get; }

    /// <summary>The types that may ask: participants.</summary>
    public IReadOnlyList<Named> Callers { get; }

    public IReadOnlyList<Named> Purposes { get; }

    public IReadOnlyList<Named> Categories { get; }

    public IReadOnlyList<string> Operations { get; }

    /// <summary>Facts that some grant requires to be true (R12).</summary>
    public IReadOnlyList<string> States { get; }

    /// <summary>Every lowest and highest age of a grant, in whole years.</summary>
    public IReadOnlyList<int> AgeBounds { get; }

    /// <summary>Roles of an organisation type.</summary>
    public IReadOnlyList<string> Roles(string organisationType) => Names(_root.GetProperty("organisation_types").GetProperty(organisationType).GetProperty("roles"));

    /// <summary>How many fields the category has.</summary>
    public int FieldCount(string category) => Entry("categories", category) is { } entry ? Names(entry.GetProperty("fields")).Count : 0;

    /// <summary>Name of an entry, or the id itself where the register has none.</summary>
    public static Named NameOf(IReadOnlyList<Named> entries, string id) => entries.FirstOrDefault(entry => entry.Id == id) ?? new Named(id, id, id);

    /// <summary>An entry of the register as data; null when there is none.</summary>
    public JsonElement? Entry(string group, string id) =>
        _root.TryGetProperty(group, out var entries) && entries.TryGetProperty(id, out var entry) ? entry : null;

    /// <summary>The one register line for a call (R8 and R9 found it); null when there is none.</summary>
    public JsonElement? Line(string purpose, string category, string caller, string operation, string target)
    {
        if (Entry("purposes", purpose) is not { } entry)
        {
            return null;
        }

        var place = entry.GetProperty("grants");
        foreach (var step in new[] { category, caller, operation, target })
        {
            if (!place.TryGetProperty(step, out place))
            {
                return null;
            }
        }

        return entry.GetProperty("lines").GetProperty(place.GetString()!);
    }

    internal static PolicyRegister Parse(ReadOnlyMemory<byte> data)
    {
        using var document = JsonDocument.Parse(data);
        return new PolicyRegister(document.RootElement.GetProperty("keten").GetProperty("register").Clone());
    }

    private IEnumerable<JsonElement> Lines() =>
        _root.GetProperty("purposes").EnumerateObject().SelectMany(purpose => purpose.Value.GetProperty("lines").EnumerateObject()).Select(line => line.Value);

    private Named[] Entries(string group) =>
        [.. _root.GetProperty(group).EnumerateObject().Select(entry =>
            new Named(entry.Name, entry.Value.GetProperty("name_nl").GetString()!, entry.Value.GetProperty("name_en").GetString()!))];

    private static List<string> Names(JsonElement entries) => [.. entries.EnumerateObject().Select(entry => entry.Name)];
}
