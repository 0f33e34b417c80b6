using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sql.Mapping;
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
    /// <exception cref="MappingException">With every fault: file, line, key, what was expected.</exception>
    public static SqlMapping Load(string path, Func<string, string?>? variables = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var faults = new Faults(path);
        var root = MappingFile.Open(path, "database", Ports, faults);
        var database = DatabaseParser.Read(root, path, variables ?? Environment.GetEnvironmentVariable, faults);
        var sections = new Dictionary<string, SectionMapping>(StringComparer.Ordinal);
        foreach (var port in Ports.Where(root.Has))
        {
            if (root.Map(port) is { } map && new SectionParser(map, port, database?.Zone ?? TimeZoneInfo.Utc, faults).Read() is { } section)
            {
                sections.Add(port, section);
            }
        }

        faults.ThrowIfAny();
        return new SqlMapping(path, database!, sections, ClientIdTypeOf(root));
    }

    internal SectionMapping? Section(string name) => _sections.GetValueOrDefault(name);

    private static ClientIdType ClientIdTypeOf(YamlMap root) =>
        root.Map(Clients)?.Map("columns")?.Entries.GetValueOrDefault("client_id") is YamlMappingNode id
            && id.Children.TryGetValue(new YamlScalarNode("type"), out var type)
            && Enum.TryParse<ClientIdType>(((YamlScalarNode)type).Value, ignoreCase: true, out var parsed)
                ? parsed : ClientIdType.Text;
}
