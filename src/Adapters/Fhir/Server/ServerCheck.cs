using Keten.Adapters.Fhir.Mapping;
using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Fhir.Server;

/// <summary>Compares a mapping with the server it is for: version, resource types, and each search, tried for a client who does not exist.</summary>
internal sealed class ServerCheck(FhirServer server, FhirMapping mapping)
{
    private readonly Faults _faults = new(mapping.File);

    /// <summary>The search parameters that the server does not declare. Many servers do not declare all they have, so this is no fault.</summary>
    public async Task<IReadOnlyList<(string Section, string Parameter)>> RunAsync(CancellationToken cancellationToken)
    {
        var can = await server.CapabilitiesAsync(cancellationToken);
        if (!can.IsR4)
        {
            _faults.Add(mapping.Server.Line, "server.base", "expected a server of FHIR R4 (fhirVersion 4.0)");
            _faults.ThrowIfAny();
        }

        var undeclared = new List<(string, string)>();
        foreach (var section in mapping.Sections.Select(mapping.Section))
        {
            if (!can.Searches.TryGetValue(section.Search.Type, out var declared))
            {
                _faults.Add(section.SearchLine, $"{section.Name}.search", $"the server has no {section.Search.Type}");
                continue;
            }

            undeclared.AddRange(section.Search.Names.Where(n => !n.StartsWith('_') && !declared.Contains(n, StringComparer.Ordinal)).Select(n => (section.Name, n)));
            await TryAsync(section, cancellationToken);
        }

        _faults.ThrowIfAny();
        return undeclared;
    }

    /// <summary>A server that leaves out a filter it does not know answers with everybody. Better found here than at the first call.</summary>
    private async Task TryAsync(SectionMapping section, CancellationToken cancellationToken)
    {
        var nobody = $"keten-{Guid.NewGuid():N}";
        var search = section.Name == "clients" ? section.Search.For(clientId: null).Add("_id", nobody) : section.Search.For(nobody);
        await foreach (var page in server.SearchAsync(section.Name, section.Search.Type, search, maxPages: 1, cancellationToken))
        {
            if (page.Entries.Count > 0)
            {
                _faults.Add(section.SearchLine, $"{section.Name}.search", "finds data for a client who does not exist: the server leaves out a filter that it does not know");
            }
        }
    }
}
