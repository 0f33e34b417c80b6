namespace Keten.DecisionLog;

/// <summary>A record that was acknowledged, or a whole segment, is damaged or missing.</summary>
public sealed class DecisionLogCorruptedException : IOException
{
    internal DecisionLogCorruptedException(string segment, long offset, long index, string fault, LogDamage what = LogDamage.Changed)
        : base($"Decision log damaged: {segment}, offset {offset}, record {index}: {fault}. This record was acknowledged, so nothing is cut. "
            + "Way out: keep the directory as evidence; restore it from a copy, or point DecisionLog:Directory to a new, empty directory.")
    {
        Segment = segment;
        Offset = offset;
        Index = index;
        Fault = fault;
        What = what;
    }

    /// <summary>Path of the segment file.</summary>
    public string Segment { get; }

    /// <summary>Byte offset in the segment of the first frame that is not as it was written.</summary>
    public long Offset { get; }

    /// <summary>Index of the first bad or missing record in the whole log.</summary>
    public long Index { get; }

    /// <summary>What is wrong with it.</summary>
    public string Fault { get; }

    /// <summary>The same in one word.</summary>
    public LogDamage What { get; }
}
