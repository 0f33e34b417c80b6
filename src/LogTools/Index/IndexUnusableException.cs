namespace Keten.LogTools.Index;

/// <summary>The index cannot be used; the log can, without it.</summary>
public sealed class IndexUnusableException(string file, Exception cause)
    : IOException($"The index {file} cannot be used: {cause.Message.TrimEnd('.')}. Give another file with --index, or read the log without one: --no-index.", cause);
