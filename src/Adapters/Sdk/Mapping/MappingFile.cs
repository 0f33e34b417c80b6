using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keten.Adapters.Sdk.Mapping;

/// <summary>What mapping files of all connectors have in common: one YAML document of version 1, with a section per port.</summary>
internal static class MappingFile
{
    private const string DefaultZone = "Europe/Amsterdam";

    /// <summary>The top of the file: nothing but <paramref name="source"/> and <paramref name="ports"/>.</summary>
    /// <exception cref="MappingException">There is no such file, or nothing in it can be read as one.</exception>
    public static YamlMap Open(string path, string source, string[] ports, Faults faults)
    {
        var root = Parse(path, faults);
        if (root is null)
        {
            faults.ThrowIfAny();
            throw new MappingException(path, [new MappingFault(1, "(file)", "expected keys with values")]);
        }

        root.Allow(["version", source, .. ports]);
        if (root.Text("version", required: true) is { } version && version != "1")
        {
            faults.Add(root.LineOf("version"), "version", "expected 1");
        }

        if (!ports.Any(root.Has))
        {
            faults.Add(root.Line, "(file)", $"nothing is mapped; expected at least one of {string.Join(", ", ports)}");
        }

        return root;
    }

    /// <summary>Where the organisation is.</summary>
    public static TimeZoneInfo? Zone(YamlMap map, Faults faults)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(map.Text("time_zone") ?? DefaultZone, out var zone))
        {
            return zone;
        }

        faults.Add(map.LineOf("time_zone"), map.Key("time_zone"), $"this machine has no such time zone; expected an IANA name such as {DefaultZone} (install tzdata) or UTC");
        return null;
    }

    private static YamlMap? Parse(string path, Faults faults)
    {
        try
        {
            using var reader = File.OpenText(path);
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
}
