using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>Collects everything that is wrong, so that an engineer repairs a file once.</summary>
internal sealed class Faults(string file)
{
    private readonly List<MappingFault> _all = [];

    public bool Any => _all.Count > 0;

    public void Add(int line, string key, string message) => _all.Add(new MappingFault(line, key, message));

    public void Add(YamlNode at, string key, string message) => Add((int)at.Start.Line, key, message);

    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new MappingException(file, [.. _all.OrderBy(f => f.Line)]);
        }
    }
}
