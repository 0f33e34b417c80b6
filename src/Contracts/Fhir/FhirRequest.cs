using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;

namespace Keten.Contracts.Fhir;

/// <summary>
/// A FHIR request as far as its method, path, query and headers tell. Gateway and adapter both read it here, so that neither can understand it
/// differently. Everything in it has a closed form.
/// </summary>
public sealed class FhirRequest
{
    private const int MaxQuery = 1024;
    private readonly Dictionary<string, string> _parameters = new(StringComparer.Ordinal);

    private FhirRequest(string target) => Target = target;

    /// <summary>First segment of the path; not checked yet.</summary>
    public string Target { get; }

    public FhirInteraction Interaction { get; private set; }

    /// <summary>Null for <see cref="FhirInteraction.Capabilities"/>.</summary>
    public FhirResourceType? Type { get; private set; }

    /// <summary>The id to read; null for a search.</summary>
    public string? Id { get; private set; }

    public FhirFormat Format { get; private set; }

    /// <summary>The question is in the body, as a form: read it with <see cref="FhirForm"/> and give it to <see cref="AddForm"/>.</summary>
    public bool HasForm { get; private set; }

    /// <summary>Search parameters by name; references without <c>Patient/</c>, identifiers without their system.</summary>
    public IReadOnlyDictionary<string, string> Parameters => _parameters;

    /// <summary>The query to pass on: of closed forms only, so never what a caller made up; without <c>_format</c>, which <c>Accept</c> says.</summary>
    public string Query { get; private set; } = "";

    /// <summary>The pseudonym searched by, if the search names one.</summary>
    public string? Pseudonym =>
        Type?.Parameters.Where(p => p.Kind == FhirParameterKind.Pseudonym).Select(p => _parameters.GetValueOrDefault(p.Name)).FirstOrDefault(v => v is not null);

    /// <summary>True for any path under <c>/{target}/fhir</c>.</summary>
    public static bool IsFhir(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var slash = path.Length > 1 ? path.IndexOf('/', 1) : -1;
        var rest = slash < 0 ? default : path.AsSpan(slash);
        return rest.StartsWith("/fhir", StringComparison.Ordinal) && (rest.Length == 5 || rest[5] == '/');
    }

    /// <summary>Reads what can be read without the body; null when all of it is in order.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">A path for which <see cref="IsFhir"/> is true.</param>
    /// <param name="query">With or without the question mark.</param>
    /// <param name="accept">The <c>Accept</c> header.</param>
    /// <param name="contentType">The <c>Content-Type</c> header.</param>
    /// <param name="request">Set also when refused, as far as it was understood.</param>
    public static Refusal? Read(string method, string path, string query, string? accept, string? contentType, out FhirRequest request)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(query);
        var segments = path.Split('/')[1..];
        request = new FhirRequest(segments[0]);
        var refusal = request.ReadQuery(query.TrimStart('?'), accept, out var searched)
            ?? request.ReadPath(method, segments[2..], contentType)
            ?? request.AddParameters(searched, inUrl: true);
        request.Query = string.Join('&', request._parameters.Select(p => $"{p.Key}={p.Value}"));
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

        if (segments.Length == 0 || segments[0].Length == 0)
        {
            return FhirRefusals.InteractionUnsupported;
        }

        if (!FhirCatalogue.TryGet(segments[0], out var type))
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
            case [_, not ['_' or '$', ..]] when get:
                Interaction = FhirInteraction.Read;
                Id = segments[1];
                return FhirId.IsValid(Id) ? null : FhirRefusals.ResourceNotFound;
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

        if (inUrl && pairs.Any(p => p.Name.Contains("identifier", StringComparison.OrdinalIgnoreCase) || p.Value.Contains('|', StringComparison.Ordinal)))
        {
            return FhirRefusals.PseudonymInUrl;
        }

        foreach (var (name, value) in pairs)
        {
            var parameter = Interaction == FhirInteraction.Search ? Type?.Parameters.FirstOrDefault(p => p.Name == name) : null;
            if (parameter is null || Accepted(parameter.Kind, value) is not { } accepted || !_parameters.TryAdd(name, accepted))
            {
                // Capabilities are the same whether asked in short or in full.
                if (Interaction == FhirInteraction.Capabilities && name == "_summary")
                {
                    continue;
                }

                return FhirRefusals.ParameterUnsupported;
            }
        }

        return null;
    }

    private static string? Accepted(FhirParameterKind kind, string value)
    {
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
