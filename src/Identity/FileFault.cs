namespace Keten.Identity;

/// <summary>What is wrong in a file, where, and what belongs there.</summary>
/// <param name="File">Path as configured.</param>
/// <param name="Line">From 1; null when the whole file is meant.</param>
/// <param name="Fault">What is wrong; never key material or a value that could be personal.</param>
/// <param name="Expected">What was expected.</param>
public sealed record FileFault(string File, int? Line, string Fault, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}{(Line is { } line ? $":{line}" : "")}: {Fault}; expected {Expected}.";
}
