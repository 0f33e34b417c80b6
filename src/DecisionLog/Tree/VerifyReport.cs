namespace Keten.DecisionLog.Tree;

/// <summary>What came out of a verification.</summary>
/// <param name="Directory">The log.</param>
/// <param name="LogId">Its id; null when no record could be read.</param>
/// <param name="FirstIndex">Index of the first record there is.</param>
/// <param name="Records">Index after the last record that is whole.</param>
/// <param name="Sealed">Records under the log's own checkpoint.</param>
/// <param name="Root">Root of the tree over all records; null when they could not all be read.</param>
/// <param name="Bytes">Size of the segments.</param>
/// <param name="Findings">What is wrong; none: nothing is.</param>
/// <param name="Remarks">What a reader should know that is not wrong.</param>
public sealed record VerifyReport(
    string Directory, Guid? LogId, long FirstIndex, long Records, long Sealed, TreeHash? Root, long Bytes, IReadOnlyList<LogFinding> Findings,
    IReadOnlyList<string> Remarks)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool IsWhole => Findings.Count == 0;
}
