using Keten.Adapters.Sql.Mapping;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Sql;

/// <summary>
/// A mapping file: which database, and per port which table or query and which column fills which catalogue field. The form is described in
/// docs/sql-mapping.md. A section that is not there is a port that is not offered.
/// </summary>
public sealed class SqlMapping
{
    private const string Clients = "clients";
    private static readonly string[] Ports = [Clients, "person", "household", "involvement", "plan", "crisis_intake", "facts"];

    private readonly Dictionary<string, SectionMapping> _sections;

    private SqlMapping(string file, DatabaseSettings database, Dictionary<string, SectionMapping> sections, ClientIdType clientIdType) =>
        (File, Database, _sections, ClientIdType) = (file, database, sections, clientIdType);

    /// <summary>The file it was read from.</summary>
    public string File { get; }

    /// <summary>The sections that are there: some of <c>clients</c>, <c>person</c>, <c>household</c>, <c>involvement</c>,
    /// <c>plan</c>, <c>crisis_intake</c>, <c>facts</c>.</summary>
    public IReadOnlyCollection<string> Sections => _sections.Keys;

    internal DatabaseSettings Database { get; }

    internal ClientIdType ClientIdType { get; }

    /// <summary>Reads and checks a mapping file. The database itself is looked at later, when the host starts.</summary>
    /// <param name="path">The file. A relative SQLite path in it is relative to the file.</param>
    /// <param name="variables">What <c>${NAME}</c> in the connection stands for; environment variables when null.</param>
    /// <exception cref="SqlMappingException">With every fault: file, line, key, what was expected.</exception>
    public static SqlMapping Load(string path, Func<string, string?>? variables = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var faults = new Faults(path);
        var root = Parse(path, faults);
        if (root is null)
        {
            faults.ThrowIfAny();
            throw new SqlMappingException(path, [new MappingFault(1, "(file)", "expected keys with values")]);
        }

        root.Allow(["version", "database", .. Ports]);
        if (root.Text("version", required: true) is { } version && version != "1")
        {
            faults.Add(root.LineOf("version"), "version", "expected 1");
        }

        var database = DatabaseParser.Read(root, path, variables ?? Environment.GetEnvironmentVariable, faults);
        var sections = new Dictionary<string, SectionMapping>(StringComparer.Ordinal);
        foreach (var port in Ports.Where(root.Has))
        {
            if (root.Map(port) is { } map && new SectionParser(map, port, database?.Zone ?? TimeZoneInfo.Utc, faults).Read() is { } section)
            {
                sections.Add(port, section);
            }
        }

        if (!Ports.Any(root.Has))
        {
            faults.Add(root.Line, "(file)", $"nothing is mapped; expected at least one of {string.Join(", ", Ports)}");
        }

        faults.ThrowIfAny();
        return new SqlMapping(path, database!, sections, ClientIdTypeOf(root));
    }

    internal SectionMapping? Section(string name) => _sections.GetValueOrDefault(name);

    private static YamlMap? Parse(string path, Faults faults)
    {
        try
        {
            using var reader = System.IO.File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(reader);
            if (stream.Documents.Count == 1)
            {
                return YamlMap.From(stream.Documents[0].RootNode, "", faults);
            }

            faults.Add(1, "(file)", $"expected one YAML document, found {stream.Documents.Count}");
        }
        catch (YamlException fault)
        {
            faults.Add((int)fault.Start.Line, "(file)", $"not YAML, or a key twice: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add(1, "(file)", $"cannot be read: {fault.GetType().Name}");
        }

        return null;
    }

    private static ClientIdType ClientIdTypeOf(YamlMap root) =>
        root.Map(Clients)?.Map("columns")?.Entries.GetValueOrDefault("client_id") is YamlMappingNode id
            && id.Children.TryGetValue(new YamlScalarNode("type"), out var type)
            && Enum.TryParse<ClientIdType>(((YamlScalarNode)type).Value, ignoreCase: true, out var parsed)
                ? parsed : ClientIdType.Text;
}
