using Keten.Adapters.Sdk.Mapping;
using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Fhir.Mapping;

/// <summary>The mapping that counts where a mapping file says nothing: nl-core.yaml, in this assembly.</summary>
internal static class NlCore
{
    private const string Name = "nl-core.yaml";
    private static readonly YamlMap Root = Read();

    public static YamlMap Section(string port) => Root.Map(port)!;

    private static YamlMap Read()
    {
        using var reader = new StreamReader(typeof(NlCore).Assembly.GetManifestResourceStream(Name)!);
        var stream = new YamlStream();
        stream.Load(reader);
        return YamlMap.From(stream.Documents[0].RootNode, "", new Faults(Name))!;
    }
}
