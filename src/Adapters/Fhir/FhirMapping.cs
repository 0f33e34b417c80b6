using Keten.Adapters.Fhir.Mapping;
using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Fhir;

/// <summary>
/// A mapping file: which FHIR server, and per port which search and which FHIRPath fills which catalogue field. The form is described in
/// docs/fhir-mapping.md. A section that is not there is a port that is not offered; what a section does not say, nl-core says.
/// </summary>
public sealed class FhirMapping
{
    private static readonly string[] Ports = ["clients", "person", "household", "involvement", "facts"];

    private readonly Dictionary<string, SectionMapping> _sections;

    private FhirMapping(string file, ServerSettings server, Dictionary<string, SectionMapping> sections) => (File, Server, _sections) = (file, server, sections);

    /// <summary>The file it was read from.</summary>
    public string File { get; }

    /// <summary>The sections that are there: some of <c>clients</c>, <c>person</c>, <c>household</c>, <c>involvement</c>, <c>facts</c>.</summary>
    public IReadOnlyCollection<string> Sections => _sections.Keys;

    internal ServerSettings Server { get; }

    /// <summary>Reads and checks a mapping file. The server itself is asked later, when the host starts.</summary>
    /// <param name="path">The file. Relative paths in it are relative to the file.</param>
    /// <exception cref="MappingException">With every fault: file, line, key, what was expected.</exception>
    public static FhirMapping Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var faults = new Faults(path);
        var root = MappingFile.Open(path, "server", Ports, faults);
        var server = ServerParser.Read(root, path, faults);
        var sections = new Dictionary<string, SectionMapping>(StringComparer.Ordinal);
        foreach (var port in Ports.Where(root.Has))
        {
            if (root.Map(port) is { } map && new SectionParser(map, NlCore.Section(port), port, server?.Zone ?? TimeZoneInfo.Utc, faults).Read() is { } section)
            {
                sections.Add(port, section);
            }
        }

        faults.ThrowIfAny();
        return new FhirMapping(path, server!, sections);
    }

    internal SectionMapping Section(string name) => _sections[name];
}
