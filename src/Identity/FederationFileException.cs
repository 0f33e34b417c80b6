namespace Keten.Identity;

/// <summary>A file of the federation's identity is missing or broken. At start it ends the host; while running the last good file stays.</summary>
public sealed class FederationFileException : Exception
{
    internal FederationFileException(FileFault fault, Exception? inner = null)
        : this([fault], inner)
    {
    }

    internal FederationFileException(IReadOnlyList<FileFault> faults, Exception? inner = null)
        : base(string.Join(Environment.NewLine, faults), inner) => Faults = faults;

    /// <summary>All faults that were found, in the order of the files.</summary>
    public IReadOnlyList<FileFault> Faults { get; }
}
