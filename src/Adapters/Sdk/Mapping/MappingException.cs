namespace Keten.Adapters.Sdk.Mapping;

/// <summary>A mapping file cannot be used. All faults that were found stand in the message, each with file, line, key and what was expected.</summary>
public sealed class MappingException : Exception
{
    internal MappingException(string file, IReadOnlyList<MappingFault> faults)
        : base(Describe(file, faults))
    {
        File = file;
        Faults = faults;
    }

    /// <summary>The mapping file.</summary>
    public string File { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<MappingFault> Faults { get; }

    private static string Describe(string file, IReadOnlyList<MappingFault> faults) =>
        $"The mapping file cannot be used, {faults.Count} fault{(faults.Count == 1 ? "" : "s")}:"
        + string.Concat(faults.Select(f => $"{Environment.NewLine}  {file}:{f.Line} {f.Key}: {f.Message}"));
}
