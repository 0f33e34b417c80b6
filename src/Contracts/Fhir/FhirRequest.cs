using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using Keten.Contracts.Identifiers;

namespace Keten.Contracts.Fhir;

/// <summary>
/// A FHIR request as far as its method, path, query and headers tell. Gateway and adapter both read it here, so that neither can understand it
/// differently. Everything in it has a closed form.
/// </summary>
public sealed class FhirRequest
{
    /// <summary>Most resources in one page.</summary>
    public const int MaxCount = 200;

    /// <summary>Most organisations in one overview.</summary>
    public const int MaxSources = 32;

    private const int DefaultCount = 100;
    private const int MaxQuery = 1024;
    private readonly Dictionary<string, string> _parameters = new(StringComparer.Ordinal);
    private readonly List<FhirInclude> _includes = [];
    private readonly HashSet<string> _controls = new(StringComparer.Ordinal);

    private FhirRequest(string target) => Target = target;

    /// <summary>First segment of the path; not checked yet.</summary>
    public string Target { get; }

    /// <summary>The gateway itself is asked.</summary>
    public bool OfGateway { get; private init; }

    public FhirInteraction Interaction { get; private set; }

    /// <summary>Null for <see cref="FhirInteraction.Capabilities"/> and <see cref="FhirInteraction.Form"/>.</summary>
    public FhirResourceType? Type { get; private set; }

    /// <summary>The id to read; null for a search.</summary>
    public string? Id { get; private set; }

    public FhirFormat Format { get; private set; }

    /// <summary>A body belongs to it: a form or a resource.</summary>
    public bool HasBody => HasForm || Interaction == FhirInteraction.Update;

    /// <summary>The question is in the body, as a form: read with <see cref="FhirBody"/>.</summary>
    public bool HasForm { get; private set; }

    /// <summary>Search parameters by name; references without <c>Patient/</c>, identifiers without their system.</summary>
    public IReadOnlyDictionary<string, string> Parameters => _parameters;

    /// <summary>The elements asked for (<c>_elements</c>); null: all.</summary>
    public IReadOnlyList<string>? Elements { get; private set; }

    /// <summary>How much of each is asked for (<c>_summary</c>).</summary>
    public FhirSummary Summary { get; private set; }

    /// <summary>The most to give at once (<c>_count</c>).</summary>
    public int Count { get; private set; } = DefaultCount;

    /// <summary>Go on after the resource with this id (<c>_after</c>, as a <c>next</c> link has it); null: from the first.</summary>
    public string? After { get; private set; }

    /// <summary>What is to be brought along, in order.</summary>
    public IReadOnlyList<FhirInclude> Includes => _includes;

    /// <summary>Organisations to ask for an overview; empty: those the index tells the caller of.</summary>
    public IReadOnlyList<Oin> Sources { get; private set; } = [];

    /// <summary>The operation that is asked in gRPC's terms; null when it is none.</summary>
    public string? OperationPath => Interaction == FhirInteraction.Update ? Type?.UpdatePath : Type?.OperationPath;

    /// <summary>The fields that are asked for, in catalogue names; null: all.</summary>
    public IReadOnlyList<string>? Fields =>
        (Elements ?? (Summary == FhirSummary.True ? Type!.SummaryElements : null)) is not { } elements ? null
            : [.. elements.SelectMany(e => Type!.Elements.GetValueOrDefault(e, [])).Concat(Type!.RequiredFields).Distinct()];

    /// <summary>The query of the URL in its one form, without what a form adds to it.</summary>
    public string UrlQuery { get; private set; } = "";

    /// <summary>The query in its one form: of closed forms only, so never what a caller made up; without <c>_format</c>, which <c>Accept</c> says.</summary>
    /// <param name="after">Id after which to go on; null: as asked.</param>
    /// <param name="forUrl">Without what has no place in a URL, for links.</param>
    /// <param name="ownQuestions">With what is to be brought along by questions of its own.</param>
    public string QueryOf(string? after = null, bool forUrl = false, bool ownQuestions = true)
    {
        List<string> parts = [.. _parameters.Where(p => !forUrl || KindOf(p.Key) != FhirParameterKind.Pseudonym).Select(p => $"{p.Key}={Uri.EscapeDataString(Written(p.Key, p.Value))}")];
        if (Elements is not null)
        {
            parts.Add("_elements=" + string.Join(',', Elements));
        }

        if (Summary != FhirSummary.False && Count != 0)
        {
            parts.Add("_summary=" + (Summary == FhirSummary.True ? "true" : "count"));
        }

        if (Count != DefaultCount)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"_count={Count}"));
        }

        if ((after ?? After) is { } last)
        {
            parts.Add("_after=" + last);
        }

        parts.AddRange(_includes.Where(i => ownQuestions || !i.IsOwnQuestion).Select(i => $"{i.Parameter}={i.Value}"));
        return string.Join('&', parts);
    }

    /// <summary>The pseudonym searched by, if the search names one.</summary>
    public string? Pseudonym =>
        Type?.Parameters.Where(p => p.Kind == FhirParameterKind.Pseudonym).Select(p => _parameters.GetValueOrDefault(p.Name)).FirstOrDefault(v => v is not null);

    /// <summary>The moment before which it must have been (<c>date=lt…</c>, <c>_lastUpdated=lt…</c>, or the earlier of both), in UTC; null: any.</summary>
    public string? Before => _parameters.Where(p => KindOf(p.Key) == FhirParameterKind.Before).Select(p => p.Value["lt".Length..]).Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>True for any path under <c>/{target}/fhir</c>.</summary>
    public static bool IsFhir(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var slash = path.Length > 1 ? path.IndexOf('/', 1) : -1;
        var rest = slash < 0 ? default : path.AsSpan(slash);
        return rest.StartsWith("/fhir", StringComparison.Ordinal) && (rest.Length == 5 || rest[5] == '/');
    }

    /// <summary>
    /// True for what a server tells of itself: it is about nobody, so it needs no purpose, and there is nothing to decide or to record. A path that only
    /// ends like one is refused when it is read.
    /// </summary>
    public static bool IsAboutNobody(string path) =>
        IsFhir(path) && (path.EndsWith("/fhir/metadata", StringComparison.Ordinal) || path.EndsWith($"/fhir/Questionnaire/{FhirNames.CrisisIntakeForm}", StringComparison.Ordinal));

    /// <summary>Reads what can be read without the body; null when all of it is in order.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">A path for which <see cref="IsFhir"/> is true.</param>
    /// <param name="query">With or without the question mark.</param>
    /// <param name="accept">The <c>Accept</c> header.</param>
    /// <param name="contentType">The <c>Content-Type</c> header.</param>
    /// <param name="request">Set also when refused, as far as it was understood.</param>
    /// <param name="gateway">OIN of the gateway, where it is the one to answer for itself.</param>
    public static Refusal? Read(string method, string path, string query, string? accept, string? contentType, out FhirRequest request, string? gateway = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(query);
        var segments = path.Split('/')[1..];
        request = new FhirRequest(segments[0]) { OfGateway = segments[0] == gateway };
        var refusal = request.ReadQuery(query.TrimStart('?'), accept, out var searched)
            ?? request.ReadPath(method, segments[2..], contentType)
            ?? request.AddParameters(searched, inUrl: true);
        request.UrlQuery = refusal is null ? request.QueryOf() : "";
        return refusal;
    }

    /// <summary>Adds the search from the body; null when it is in order.</summary>
    public Refusal? AddForm(string form)
    {
        if (!TryParse(form, out var pairs))
        {
            return FhirRefusals.ParameterUnsupported;
        }

        // The format of the answer is settled: it is what a refusal is written in.
        return pairs.Any(p => p.Name == "_format") ? FhirRefusals.ParameterUnsupported : AddParameters(pairs, inUrl: false);
    }

    private Refusal? ReadQuery(string query, string? accept, out List<(string Name, string Value)> searched)
    {
        searched = [];
        if (query.Length > MaxQuery || !TryParse(query, out var pairs))
        {
            return FhirRefusals.ParameterUnsupported;
        }

        var formats = pairs.Where(p => p.Name == "_format").ToList();
        if (formats.Count > 1)
        {
            return FhirRefusals.ParameterUnsupported;
        }

        searched = [.. pairs.Where(p => p.Name != "_format")];
        if (FhirFormats.Choose(formats.Count == 1 ? formats[0].Value : null, accept) is not { } format)
        {
            return FhirRefusals.FormatNotAcceptable;
        }

        Format = format;
        return null;
    }

    private Refusal? ReadPath(string method, string[] segments, string? contentType)
    {
        var get = method == "GET";
        if (segments is ["metadata"])
        {
            Interaction = FhirInteraction.Capabilities;
            return get ? null : FhirRefusals.InteractionUnsupported;
        }

        if (segments is ["Questionnaire", FhirNames.CrisisIntakeForm] && !OfGateway)
        {
            Interaction = FhirInteraction.Form;
            return get ? null : FhirRefusals.InteractionUnsupported;
        }

        if (segments.Length == 0 || segments[0].Length == 0)
        {
            return FhirRefusals.InteractionUnsupported;
        }

        if (OfGateway && get && segments is ["Patient", "$everything"])
        {
            // It begins with who is involved.
            Interaction = FhirInteraction.Everything;
            Type = FhirCatalogue.CareTeam;
            return null;
        }

        if (!FhirCatalogue.TryGet(segments[0], OfGateway, out var type))
        {
            return FhirRefusals.ResourceUnknown;
        }

        Type = type;
        switch (segments)
        {
            case [_] when get:
                Interaction = FhirInteraction.Search;
                return null;
            case [_, "_search"] when method == "POST":
                Interaction = FhirInteraction.Search;
                HasForm = true;
                return IsForm(contentType) ? null : FhirRefusals.MediaTypeUnsupported;
            case [_, not "_search"] when method == "PUT" && type.UpdatePath is not null:
                Interaction = FhirInteraction.Update;
                Id = segments[1];
                return !FhirId.IsValid(Id) ? FhirRefusals.ResourceNotFound : IsResource(contentType) ? null : FhirRefusals.ResourceMediaTypeUnsupported;
            case [_, not ['_' or '$', ..]] when get:
                Interaction = FhirInteraction.Read;
                Id = segments[1];
                return type.IsId(Id) ? null : FhirRefusals.ResourceNotFound;
            default:
                return FhirRefusals.InteractionUnsupported;
        }
    }

    private Refusal? AddParameters(List<(string Name, string Value)> pairs, bool inUrl)
    {
        // The two that deserve their own explanation first, whatever else is wrong.
        if (pairs.Any(p => MayBeBsn(p.Value)))
        {
            return FhirRefusals.BsnNotAccepted;
        }

        if (inUrl && Type is not { OfOrganisations: true }
            && pairs.Any(p => p.Name.Contains("identifier", StringComparison.OrdinalIgnoreCase) || p.Value.Contains('|', StringComparison.Ordinal)))
        {
            return FhirRefusals.PseudonymInUrl;
        }

        return pairs.All(p => AddParameter(p.Name, p.Value) || AddControl(p.Name, p.Value)) ? null : FhirRefusals.ParameterUnsupported;
    }

    private bool AddParameter(string name, string value) =>
        Interaction == FhirInteraction.Search && KindOf(name) is { } kind && Accepted(kind, value) is { } accepted && _parameters.TryAdd(name, accepted);

    private FhirParameterKind? KindOf(string name) => Type?.Parameters.FirstOrDefault(p => p.Name == name)?.Kind;

    private bool AddControl(string name, string value)
    {
        if (name is "_include" or "_revinclude")
        {
            var include = Interaction == FhirInteraction.Search ? Type!.Includes.FirstOrDefault(i => i.Parameter == name && i.Value == value) : null;
            if (include is null || _includes.Contains(include))
            {
                return false;
            }

            _includes.Add(include);
            return true;
        }

        return _controls.Add(name) && (name, Interaction) switch
        {
            // Capabilities are the same whether asked in short or in full.
            ("_summary", FhirInteraction.Capabilities) => true,
            ("_summary", FhirInteraction.Read or FhirInteraction.Search) => AddSummary(value),
            ("_elements", FhirInteraction.Read or FhirInteraction.Search) => AddElements(value),
            ("_count", FhirInteraction.Search) => AddCount(value),
            ("_after", FhirInteraction.Search) => (FhirId.IsValid(value) || Type!.IsId(value)) && (After = value) is not null,
            ("source", FhirInteraction.Everything) => AddSources(value),
            _ => false,
        };
    }

    private bool AddSummary(string value)
    {
        FhirSummary? summary = value switch
        {
            "false" or "data" => FhirSummary.False,
            "true" when Type!.SummaryElements.Count > 0 && Elements is null => FhirSummary.True,
            "count" when Interaction == FhirInteraction.Search => FhirSummary.Count,
            _ => null,
        };
        // _count=0 asks for a count, wherever it stands.
        Summary = Count == 0 ? FhirSummary.Count : summary ?? Summary;
        return summary is not null;
    }

    /// <summary>Names of this type's elements; what every resource has (id, meta, the patient) may be named and comes anyway.</summary>
    private bool AddElements(string value)
    {
        var names = value.Split(',').Except(["id", "meta", "patient"], StringComparer.Ordinal).ToList();
        if (Summary == FhirSummary.True || !names.TrueForAll(Type!.Elements.ContainsKey) || names.TrueForAll(n => Type.Elements[n].Count == 0))
        {
            return false;
        }

        Elements = names;
        return true;
    }

    private bool AddCount(string value)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        Count = Math.Min(count, MaxCount);
        Summary = count == 0 ? FhirSummary.Count : Summary;
        return true;
    }

    private bool AddSources(string value)
    {
        var oins = value.Split(',').Select(text => Oin.TryParse(text, out var oin) ? oin : (Oin?)null).ToList();
        if (oins.Count > MaxSources || oins.Contains(null) || oins.Distinct().Count() != oins.Count)
        {
            return false;
        }

        Sources = [.. oins.Select(o => o!.Value)];
        return true;
    }

    /// <summary>As it is read again.</summary>
    private string Written(string name, string value) => KindOf(name) switch
    {
        FhirParameterKind.Pseudonym => $"{FhirNames.PseudonymSystem}|{value}",
        FhirParameterKind.OinIdentifier => $"{FhirNames.OinSystem}|{value}",
        FhirParameterKind.Region => $"{FhirNames.RegionSystem}|{value}",
        _ => value,
    };

    private static string? Accepted(FhirParameterKind kind, string value)
    {
        if (FhirOwnValues.TryGet(kind, out var read))
        {
            return read(value);
        }

        var text = kind switch
        {
            FhirParameterKind.PatientReference when value.StartsWith("Patient/", StringComparison.Ordinal) => value["Patient/".Length..],
            FhirParameterKind.Pseudonym => value.StartsWith(FhirNames.PseudonymSystem + "|", StringComparison.Ordinal) ? value[(FhirNames.PseudonymSystem.Length + 1)..] : "",
            _ => value,
        };
        return (kind == FhirParameterKind.Pseudonym ? Identifiers.Pseudonym.TryParse(text, out _) : FhirId.IsValid(text)) ? text : null;
    }

    private static bool MayBeBsn(string value) =>
        FhirNames.BsnSystems.Any(s => value.StartsWith(s, StringComparison.OrdinalIgnoreCase))
        || (value[(value.LastIndexOf('|') + 1)..] is { Length: 8 or 9 } digits && digits.All(char.IsAsciiDigit));

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && "application/x-www-form-urlencoded".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
        && (type.CharSet is null || type.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static bool IsResource(string? contentType) => contentType is not null && FhirFormats.OfResource(contentType) is not null;

    private static bool TryParse(string text, [NotNullWhen(true)] out List<(string Name, string Value)>? pairs)
    {
        const int MaxPairs = 16;
        pairs = null;
        var parts = text.Split('&', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > MaxPairs)
        {
            return false;
        }

        pairs = [.. parts.Select(part => part.Split('=', 2)).Select(p => (Decode(p[0]), p.Length == 2 ? Decode(p[1]) : ""))];
        return true;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
