using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Keten.Adapters.Fhir.Mapping;
using Keten.Adapters.Fhir.Server;
using Keten.Adapters.Sdk.Ports;
using Task = System.Threading.Tasks.Task;

namespace Keten.Adapters.Fhir.Reading;

/// <summary>What one search found of one client, and the resources it points at.</summary>
internal sealed class FoundResources
{
    private const int MostFollowed = 50;

    private readonly FhirServer _server;
    private readonly SectionMapping _section;
    private readonly Dictionary<(string Type, string Id), Resource> _others = [];
    private readonly List<Resource> _matches = [];
    private readonly Dictionary<string, Resource> _seen = new(StringComparer.Ordinal);

    private FoundResources(FhirServer server, SectionMapping section) => (_server, _section) = (server, section);

    /// <summary>What the search is about, without what is to be left out.</summary>
    public IReadOnlyList<Resource> Matches => _matches;

    /// <exception cref="SourceUnavailableException">Also when anything of it is of somebody else: then the server did not search what it was asked.</exception>
    public static async Task<FoundResources> SearchAsync(FhirServer server, SectionMapping section, string clientId, CancellationToken cancellationToken)
    {
        var found = new FoundResources(server, section);
        await foreach (var page in server.SearchAsync(section.Name, section.Search.Type, section.Search.For(clientId), section.MaxPages, cancellationToken))
        {
            foreach (var (resource, mode) in page.Entries)
            {
                found.Add(resource, mode, clientId);
            }
        }

        return found;
    }

    /// <summary>The resource of a reference to this server, when it is here; <c>resolve()</c> of FHIRPath.</summary>
    public Resource? Resolve(string reference) => Subject.Local(reference, _server.Base) is { } local ? _others.GetValueOrDefault(local) : null;

    /// <summary>Reads what references point at, each step with what the steps before it found.</summary>
    public async Task FollowAsync(IReadOnlyList<FhirPathExpression> steps, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            var wanted = _matches.SelectMany(match => ReferencesOf(step, match)).Where(r => !_others.ContainsKey(r)).ToHashSet();
            if (_others.Count + wanted.Count > MostFollowed)
            {
                throw new SourceUnavailableException(_section.Name, "size", $"the resources found point at more than {MostFollowed} others ({_section.Name}.follow)");
            }

            foreach (var type in wanted.GroupBy(r => r.Type, r => r.Id))
            {
                await ReadAsync(type.Key, [.. type], cancellationToken);
            }
        }
    }

    private void Add(Resource resource, Bundle.SearchEntryMode? mode, string clientId)
    {
        var isOfType = resource.TypeName == _section.Search.Type;
        var isIncluded = mode == Bundle.SearchEntryMode.Include;
        if (isOfType ? isIncluded && _section.Search.Includes : isIncluded || (mode is null && _section.Search.Includes))
        {
            Keep(resource);
        }
        else if (!isOfType)
        {
            throw new SourceUnavailableException(_section.Name, "form", $"the answer holds other resources than {_section.Search.Type}");
        }
        else if (!Subject.Is(resource, clientId, _server.Base))
        {
            throw new SourceUnavailableException(_section.Name, "subject", "the answer holds data of another person: the server does not search as it was asked");
        }
        else if (!_seen.TryAdd(resource.Id!, resource))
        {
            if (!_seen[resource.Id!].IsExactly(resource))
            {
                throw new SourceUnavailableException(_section.Name, "value", "the answer holds one resource twice, with different content");
            }
        }
        else if (Labels.MayBeLeftOut(resource))
        {
            throw new SourceUnavailableException(_section.Name, "form", "the answer holds a resource in part (SUBSETTED): the label that says what is secret may not be in it");
        }
        else if (!(IsLeftOut(_section, resource)
            ?? throw new SourceUnavailableException(_section.Name, "value", $"the labels cannot be read, or {_section.Name}.leave_out gives no yes or no: it may be the one that is secret")))
        {
            _matches.Add(resource);
        }
    }

    /// <summary>True when the resource does not exist for others; null when that cannot be told of this one.</summary>
    public static bool? IsLeftOut(SectionMapping section, Resource resource)
    {
        if (!Labels.AreReadable(resource))
        {
            return null;
        }

        if (section.LeaveOut is not { } leaveOut)
        {
            return false;
        }

        return FieldValue.TrySelect(leaveOut, resource, static _ => null, out var selected) && selected is [] or [PrimitiveType]
            ? selected is [{ } answer] && answer.ToString() == "true" : null;
    }

    private IEnumerable<(string Type, string Id)> ReferencesOf(FhirPathExpression step, Resource match) =>
        FieldValue.TrySelect(step, match, Resolve, out var selected)
            ? selected.OfType<ResourceReference>().Select(r => r.Reference is { } reference ? Subject.Local(reference, _server.Base) : null)
                .OfType<(string Type, string Id)>()
            : throw new SourceUnavailableException(_section.Name, "value", $"{_section.Name}.follow does not fit what the server holds");

    private async Task ReadAsync(string type, HashSet<string> ids, CancellationToken cancellationToken)
    {
        var search = new SearchParams("_id", string.Join(',', ids));
        await foreach (var page in _server.SearchAsync(_section.Name, type, search, MostFollowed, cancellationToken))
        {
            foreach (var (resource, _) in page.Entries)
            {
                if (resource.TypeName != type || !ids.Contains(resource.Id!))
                {
                    throw new SourceUnavailableException(_section.Name, "subject", "the answer holds what was not asked for: the server does not search as it was asked");
                }

                Keep(resource);
            }
        }
    }

    private void Keep(Resource resource) => _others[(resource.TypeName, resource.Id!)] = resource;
}
